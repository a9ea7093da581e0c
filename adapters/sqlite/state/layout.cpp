#include <algorithm>
#include <array>

#include "adapters/sqlite/state/columns.hpp"
#include "domain/catalogue.hpp"

// The tables of state.db. A change of any of them is a new schema version (state/tables.hpp).
namespace confman::sqlite {
namespace {

using domain::Table;

// The columns of the fields that it visits.
class ColumnNames {
 public:
  explicit ColumnNames(std::vector<Column>& out) : out_(out) {}

  void operator()(const domain::Text& f, const std::string&) { add(f.name, "TEXT"); }
  void operator()(const domain::Blob& f, const Bytes&) { add(f.name, "BLOB"); }
  void operator()(const domain::Field& f, std::integral auto) { add(f.name, "INTEGER"); }
  void operator()(const domain::Field& f, const domain::Labels&) { add(f.name, "TEXT"); }
  void operator()(const domain::Field& f, const HlcStamp&) {
    add(std::string(f.name) + "_ms", "INTEGER");
    add(std::string(f.name) + "_counter", "INTEGER");
  }
  void operator()(const domain::Field& f, const domain::Revision&) {
    const bool first = std::ranges::count(out_, "term", &Column::name) == 0;
    const std::string prefix = first ? "" : std::string(f.name) + "_";
    add(prefix + "term", "INTEGER");
    add(prefix + "log_index", "INTEGER");
  }
  void operator()(const domain::Field& f, const domain::Actor&) {
    add(std::string(f.name) + "_type", "INTEGER");
    add(std::string(f.name) + "_id", "TEXT");
    add(std::string(f.name) + "_ip", "TEXT");
  }
  void operator()(const domain::Field& f, domain::Action) { add(f.name, "TEXT"); }
  void operator()(const domain::Field& f, const std::optional<domain::Refusal>&) {
    add(f.name, "TEXT");
  }
  void operator()(const domain::Field& f, const Sha256Digest&) { add(f.name, "BLOB"); }
  void operator()(const domain::Field& f, const std::optional<Sha256Digest>&) {
    add(f.name, "BLOB");
  }

 private:
  void add(std::string name, const char* type) { out_.push_back({std::move(name), type}); }

  std::vector<Column>& out_;
};

class KeyNames {
 public:
  explicit KeyNames(std::vector<Column>& out) : out_(out) {}

  void operator()(const char* name, std::string_view) { out_.push_back({name, "TEXT"}); }
  void operator()(const char* name, std::integral auto) { out_.push_back({name, "INTEGER"}); }

 private:
  std::vector<Column>& out_;
};

template <class Key>
std::vector<Column> columns_of_key() {
  std::vector<Column> columns;
  const Key key{};
  Key::for_each_part(key, KeyNames(columns));
  return columns;
}

template <class Row>
std::vector<Column> columns_of_fields() {
  std::vector<Column> columns;
  if constexpr (!std::is_same_v<Row, domain::KeyAlone>) {
    const Row row{};
    Row::for_each_field(row, ColumnNames(columns));
  }
  return columns;
}

std::size_t index_of(const std::vector<Column>& columns, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(columns, name, &Column::name) -
                                  columns.begin());
}

constexpr bool is_wide(Table table) {
  return table == Table::Namespace || table == Table::Entry || table == Table::Version;
}

template <class Described>
TableLayout make_layout() {
  TableLayout layout{Described::kName,
                     columns_of_key<typename Described::Key>(),
                     {},
                     {},
                     is_wide(Described::kTable)};
  const auto fields = columns_of_fields<typename Described::Row>();
  layout.values.push_back({"raw", "BLOB"});
  const auto is_stored_here = [&](const Column& field) {
    // An entry's own version comes last, behind what it has in common with the version table.
    const bool last = Described::kTable == Table::Entry && field.name == "version";
    return !last && index_of(layout.key, field.name) == layout.key.size();
  };
  std::ranges::copy_if(fields, std::back_inserter(layout.values), is_stored_here);
  layout.values.push_back({"crc", "INTEGER"});
  if (Described::kTable == Table::Entry) layout.values.push_back({"version", "INTEGER"});

  auto all = layout.key;
  all.insert(all.end(), layout.values.begin(), layout.values.end());
  for (const Column& field : fields) layout.places.push_back(index_of(all, field.name));
  return layout;
}

}  // namespace

const TableLayout& layout_of(Table table) {
  static const auto kLayouts = [] {
    std::array<TableLayout, domain::kTableCount> layouts;
    domain::for_each_table([&layouts](auto tag) {
      using Described = decltype(tag)::type;
      layouts[static_cast<std::size_t>(Described::kTable)] = make_layout<Described>();
    });
    return layouts;
  }();
  return kLayouts[static_cast<std::size_t>(table)];
}

}  // namespace confman::sqlite
