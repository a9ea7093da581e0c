#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/schema/compiler.hpp"
#include "domain/schema/describe.hpp"
#include "domain/schema/uri.hpp"

namespace confman::schema {

using json::Value;

CompiledSchema::CompiledSchema(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

bool CompiledSchema::has_marks() const {
  return compiled_->has_marks;
}

std::size_t CompiledSchema::subschemas() const {
  return compiled_->nodes.size();
}

std::expected<CompiledSchema, Fault> compile(ByteView text, const CompileOptions& options,
                                             std::shared_ptr<const PatternCompiler> patterns,
                                             const Documents& documents) {
  if (text.size() > options.bounds.bytes) {
    Fault fault{.kind = FaultKind::SchemaTooLarge};
    fault.expected = "at most " + counted(options.bounds.bytes, "byte");
    fault.found = counted(text.size(), "byte");
    return std::unexpected(std::move(fault));
  }
  const auto document = json::parse(text, nullptr, {.depth = options.bounds.depth});
  if (!document) {
    const bool deep = document.error().kind == json::FaultKind::TooDeep;
    Fault fault{.kind = deep ? FaultKind::TooDeep : FaultKind::InvalidJson};
    fault.pointer = document.error().pointer;
    fault.expected = deep ? "at most " + counted(options.bounds.depth, "level") : "a JSON text";
    fault.found = json::code_of(document.error().kind);
    fault.json = document.error();
    return std::unexpected(std::move(fault));
  }
  return compile(*document, options, std::move(patterns), documents);
}

std::expected<CompiledSchema, Fault> compile(const Value& document, const CompileOptions& options,
                                             std::shared_ptr<const PatternCompiler> patterns,
                                             const Documents& documents) {
  return Compiler(options, std::move(patterns), documents).run(document);
}

Compiler::Compiler(const CompileOptions& options, std::shared_ptr<const PatternCompiler> patterns,
                   const Documents& documents)
    : options_(options), registry_(documents, options.bounds, options.base_uri) {
  CONFMAN_ASSERT(patterns != nullptr, "A schema is compiled without a compiler of patterns.");
  compiled_->patterns = std::move(patterns);
}

std::expected<CompiledSchema, Fault> Compiler::run(const Value& root) {
  const bool done =
      compile_all(root) && check_references() && (!options_.governed || check_sense());
  if (!done) return std::unexpected(*registry_.fault());
  return CompiledSchema(std::move(compiled_));
}

bool Compiler::compile_all(const Value& root) {
  if (root.object() == nullptr && root.boolean() == nullptr) {
    return registry_.fail(FaultKind::SchemaRootType, {}, {}, "an object, true or false",
                          describe(root));
  }
  if (!registry_.add_document(root, options_.base_uri, options_.draft)) return false;
  node_of(root);
  for (NodeId next = 0; next < schemas_.size(); ++next) {
    if (!fill(next, *schemas_[next])) return false;
    // A reference has brought a resource with it: it may be what a dynamic reference leads to.
    if (next + 1 == schemas_.size() && !fill_dynamic_anchors()) return false;
  }
  return true;
}

NodeId Compiler::node_of(const Value& schema) {
  const auto [known, is_new] = ids_.try_emplace(&schema, static_cast<NodeId>(schemas_.size()));
  if (is_new) {
    schemas_.push_back(&schema);
    compiled_->nodes.emplace_back();
  }
  return known->second;
}

bool Compiler::fill_dynamic_anchors() {
  for (ResourceId id = 0; id < registry_.resource_count(); ++id) {
    for (Compiled::DynamicAnchor& anchor : compiled_->dynamic_anchors) {
      const auto& there = registry_.resource(id).dynamic_anchors;
      const auto found = there.find(anchor.name);
      if (found == there.end()) continue;
      const NodeId node = node_of(*found->second);
      const std::pair target(id, node);
      if (std::ranges::find(anchor.targets, target) == anchor.targets.end()) {
        anchor.targets.push_back(target);
      }
    }
  }
  return true;
}

std::string Compiler::location_of(const Place& place) const {
  return std::string(registry_.document_uri(place.document)) + "#" + place.pointer;
}

bool Compiler::fill(NodeId id, const Value& schema) {
  const Place& place = registry_.place_of(schema);
  const Source from{schema, place, registry_.resource(place.resource).dialect};
  Node node;
  node.resource = place.resource;
  node.location = location_of(place);
  if (const bool* boolean = schema.boolean()) {
    node.rejects = !*boolean;
    node.accepts = *boolean;
    compiled_->nodes[id] = std::move(node);
    return true;
  }
  // Beside a reference draft 7 knows nothing. Our own keywords count there, too: that a value is
  // secret must not be lost without a word.
  const bool only_ref = from.dialect.draft == Draft::Draft7 && schema.find("$ref") != nullptr;
  if (only_ref) {
    InPlaceRules rules;
    if (!read_references(from, rules)) return false;
    node.in_place = std::make_unique<InPlaceRules>(std::move(rules));
  } else {
    const bool read = read_types(from, node) && read_values(from, node) &&
                      read_number(from, node) && read_string(from, node) &&
                      read_array(from, node) && read_object(from, node) &&
                      read_in_place(from, node);
    if (!read) return false;
  }
  if (!read_extensions(from, node)) return false;
  node.accepts = node.types == kAnyType && !node.values && !node.number && !node.string &&
                 !node.array && !node.object && !node.in_place;
  compiled_->has_marks = compiled_->has_marks || node.marks;
  compiled_->nodes[id] = std::move(node);
  return true;
}

}  // namespace confman::schema
