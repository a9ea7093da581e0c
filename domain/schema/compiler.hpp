#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/schema/node.hpp"
#include "domain/schema/registry.hpp"
#include "domain/schema/schema.hpp"

namespace confman::schema {

// Makes nodes of documents: a queue of subschemas that are reached, so references in circles are
// nothing special. Functions that answer false have set the fault.
class Compiler {
 public:
  Compiler(const CompileOptions& options, std::shared_ptr<const PatternCompiler> patterns,
           const Documents& documents);

  std::expected<CompiledSchema, Fault> run(const json::Value& root);

 private:
  // A subschema that is being read.
  struct Source {
    const json::Value& schema;
    const Place& place;
    Dialect dialect;
  };

  bool compile_all(const json::Value& root);
  // The number of a subschema, which is compiled in its turn.
  NodeId node_of(const json::Value& schema);
  bool fill(NodeId id, const json::Value& schema);
  bool fill_dynamic_anchors();
  std::string location_of(const Place& place) const;

  // compile_values.cpp
  bool read_types(const Source& from, Node& node);
  bool add_type(const Source& from, const json::Value& name, std::string_view step, TypeSet& types);
  bool read_values(const Source& from, Node& node);
  bool read_number(const Source& from, Node& node);
  bool read_string(const Source& from, Node& node);
  bool read_content(const Source& from, StringRules& rules);
  bool read_pattern(const Source& from, std::string_view step, const std::string& text,
                    PatternRule& rule);

  // compile_extensions.cpp
  bool read_extensions(const Source& from, Node& node);
  bool read_rotation_days(const Source& from, const json::Value& value, MarkRules& marks);
  bool read_allowed_values(const Source& from, const json::Value& value, Node& node);
  bool read_allowed_value(const Source& from, const json::Value& value, AllowedValue& allowed);

  // compile_structure.cpp
  bool read_references(const Source& from, InPlaceRules& rules);
  bool read_in_place(const Source& from, Node& node);
  bool read_array(const Source& from, Node& node);
  bool read_object(const Source& from, Node& node);
  bool read_members(const Source& from, ObjectRules& rules);
  bool read_dependencies(const Source& from, ObjectRules& rules);

  // Single keywords. Nothing happens where the schema has no such keyword.
  bool read_count(const Source& from, std::string_view keyword, std::size_t& count);
  bool read_limit(const Source& from, std::string_view keyword, std::optional<NumberLimit>& limit);
  bool read_names(const Source& from, std::string_view keyword, const json::Value& list,
                  std::vector<std::string>& names);
  void read_node(const Source& from, std::string_view keyword, NodeId& node);
  void read_nodes(const Source& from, std::string_view keyword, std::vector<NodeId>& nodes);
  bool wrong_type(const Source& from, std::string_view keyword, std::string_view expected,
                  const json::Value& found);

  // check_references.cpp
  bool check_references();
  // check_sense.cpp
  bool check_sense();
  bool check_bounds(const Source& from, const Node& node);
  bool check_values(const Source& from, const Node& node);
  bool check_default(const Source& from, NodeId node, std::size_t& steps);

  const CompileOptions& options_;
  std::shared_ptr<Compiled> compiled_ = std::make_shared<Compiled>();
  Registry registry_;
  std::unordered_map<const json::Value*, NodeId> ids_;
  std::vector<const json::Value*> schemas_;  // by their ids; those that aren't filled at the end
  std::map<std::string, std::shared_ptr<const Pattern>, std::less<>> patterns_;
  std::size_t scanned_resources_ = 0;  // for dynamic anchors
};

}  // namespace confman::schema
