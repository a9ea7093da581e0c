#include "domain/schema/fault.hpp"

#include "domain/base/assert.hpp"

namespace confman::schema {

std::string_view code_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::InvalidJson:
      return "invalid_json";
    case FaultKind::SchemaTooLarge:
      return "schema_too_large";
    case FaultKind::TooDeep:
      return "too_deep";
    case FaultKind::SchemaRootType:
      return "schema_root_type";
    case FaultKind::SchemaRejectsEverything:
      return "schema_rejects_everything";
    case FaultKind::UnknownDialect:
      return "unknown_dialect";
    case FaultKind::UnknownVocabulary:
      return "unknown_vocabulary";
    case FaultKind::WrongType:
      return "wrong_type";
    case FaultKind::OutOfRange:
      return "out_of_range";
    case FaultKind::EmptyList:
      return "empty_list";
    case FaultKind::DuplicateItem:
      return "duplicate_item";
    case FaultKind::UnknownType:
      return "unknown_type";
    case FaultKind::EmptyTypeList:
      return "empty_type_list";
    case FaultKind::DuplicateType:
      return "duplicate_type";
    case FaultKind::UnknownExtension:
      return "unknown_extension";
    case FaultKind::MissingField:
      return "missing_field";
    case FaultKind::UnknownField:
      return "unknown_field";
    case FaultKind::Unsatisfiable:
      return "unsatisfiable";
    case FaultKind::DefaultViolatesSchema:
      return "default_violates_schema";
    case FaultKind::BadPattern:
      return "bad_pattern";
    case FaultKind::UnsupportedPattern:
      return "unsupported_pattern";
    case FaultKind::PatternTooLong:
      return "pattern_too_long";
    case FaultKind::PatternTooComplex:
      return "pattern_too_complex";
    case FaultKind::TooManyPatterns:
      return "too_many_patterns";
    case FaultKind::BadId:
      return "bad_id";
    case FaultKind::DuplicateId:
      return "duplicate_id";
    case FaultKind::BadAnchor:
      return "bad_anchor";
    case FaultKind::DuplicateAnchor:
      return "duplicate_anchor";
    case FaultKind::BadRef:
      return "bad_ref";
    case FaultKind::RemoteRefNotAllowed:
      return "remote_ref_not_allowed";
    case FaultKind::RefOutsideNamespace:
      return "ref_outside_namespace";
    case FaultKind::UnknownRef:
      return "unknown_ref";
    case FaultKind::RefTooDeep:
      return "ref_too_deep";
    case FaultKind::RefCycleWithoutProgress:
      return "ref_cycle_without_progress";
    case FaultKind::TooManySubschemas:
      return "too_many_subschemas";
    case FaultKind::TooManyDocuments:
      return "too_many_documents";
  }
  CONFMAN_UNREACHABLE("A fault of a schema has no code.");
}

}  // namespace confman::schema
