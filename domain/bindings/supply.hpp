#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/bindings/held.hpp"
#include "domain/bindings/references.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// Texts of schemas, and of what they refer to, for whoever compiles them (verdict.hpp): found in a
// state in steps, by whoever must not parse. What a text refers to says the judge, too: it is asked
// about those texts that nobody has asked about before, and there may be more behind what it says,
// one round for each reference behind another.
namespace confman::domain {

using SharedReferences = std::shared_ptr<const References>;

// What versions refer to, which never changes: what was said of the last ones. Bounded.
class KnownReferences {
 public:
  SharedReferences find(const SchemaVersion& version) const;  // null: nobody has said it
  void note(const SchemaVersion& version, SharedReferences references);

 private:
  // Of a reference about as many bytes as its path and name have.
  static constexpr std::size_t kMost = 4096;
  static constexpr std::size_t kMostReferences = 16'384;
  std::map<SchemaVersion, SharedReferences> known_;
  std::size_t references_ = 0;
};

class Supply {
 public:
  enum class Next : std::uint8_t {
    Step,       // there is more to look at
    Questions,  // to be answered first
    Ready,
  };

  // Versions that are bound, with what they refer to. False: all of them were wanted before.
  bool want(const std::vector<SchemaVersion>& versions);
  // What a schema refers to that is in no state. `open`: of its references those that its author
  // may read; what these refer to is a part of them. `closed`: the others, which no way leads to.
  void want_referred(std::vector<SchemaVersion> open, const std::vector<SchemaVersion>& closed);

  // Looks at about so many rows, or so much text.
  Next step(const StateStore&, const KnownReferences&, std::size_t max_rows, Work& work);
  // Questions: bounded; there may be more once these are answered.
  std::vector<Question> take_questions();
  void answer(std::vector<References> answers, KnownReferences& known);

  // Ready. Texts are shared, and it can go on from here.
  GivenSchemas given() const;
  Referred referred() const;  // of want_referred()

 private:
  // A schema, and the versions that are found for it, in the order in which they are found.
  struct Root {
    std::optional<SchemaVersion> version;  // nothing: of want_referred()
    Payload text;
    std::vector<SchemaVersion> left;
    std::size_t next = 0;
    std::set<SchemaVersion> known;  // of those in `left`
    std::vector<SchemaVersion> unanswered;
    std::size_t bytes = 0;
    Referred referred;

    void add(const References& references);
    bool add_document(const SchemaVersion& version, const Payload& text);
  };

  void look_at_next(Root& root, const StateStore&, const KnownReferences&, Work& work);
  Payload find_text(const StateStore&, const SchemaVersion& version, Work& work);

  std::vector<Root> roots_;
  std::size_t at_ = 0;                      // of the roots: those before have nothing left
  std::map<SchemaVersion, Payload> texts_;  // that were looked up; null: there is none
  std::map<SchemaVersion, SharedReferences> answers_;
  std::set<SchemaVersion> questions_;  // not asked yet
  std::vector<SchemaVersion> asked_;
};

}  // namespace confman::domain
