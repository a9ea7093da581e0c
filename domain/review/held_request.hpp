#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/catalogue.hpp"
#include "domain/command/decision.hpp"
#include "domain/review/request.hpp"
#include "domain/state/store.hpp"

// How a request is changed: read once, its row changed in hand, written once, and with it what
// follows from the row.
namespace confman::domain {

class RequestRules;
class StateWriter;

struct HeldRequest {
  std::uint64_t id{};
  std::optional<Bytes> bytes;  // as it lies; nothing: there is none
  RequestRow row;
};
HeldRequest hold_request(const StateStore&, std::uint64_t id);
// When one expires whose time begins then: the shortest lifetime that the policies of its
// namespaces give it.
std::int64_t expiry_from(RequestRules&, std::int64_t from_ms);
// Writes the row, that it is open, and when it is due.
void write_request(StateWriter&, const Act&, const HeldRequest& before, RequestRow row);

// A decision about it, of which nothing is refused yet.
Decision begin_decision(const HeldRequest&, Action);

std::vector<Bytes> changes_of(const StateStore&, std::uint64_t id, const RequestRow&);
std::vector<CommandBody> decoded_changes_of(const StateStore&, std::uint64_t id, const RequestRow&);
// These changes instead of those that are there, and the namespaces that they touch.
void write_changes(StateWriter&, const Act&, const HeldRequest& before, RequestRow&,
                   const std::vector<ByteView>& bodies, std::int64_t publish_at_ms);
// The first change whose thing isn't at the version it starts from, from 1 on; 0: there is none.
std::uint32_t first_moved(const StateStore&, const std::vector<Bytes>& changes);

void add_note(StateWriter&, const Act&, std::uint64_t id, RequestRow&, Action, std::string text,
              std::optional<Refusal> refusal = std::nullopt);
void void_approvals(StateWriter&, std::uint64_t id, RequestRow&);
void unschedule(RequestRow&);
// False: there would be more than so many.
bool may_contribute(const RequestRow&, std::string_view identity, std::size_t most);
bool add_contributor(RequestRow&, std::string_view identity, std::size_t most);

// To review; where nobody else has to agree, it is approved with that.
void submit(StateWriter&, const Act&, std::uint64_t id, RequestRow&);
// What any edit does, whatever it edits: a draft again that nobody has agreed to.
void back_to_draft(StateWriter&, std::uint64_t id, RequestRow&);

}  // namespace confman::domain
