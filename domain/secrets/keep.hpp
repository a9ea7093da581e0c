#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/command/checks.hpp"
#include "domain/command/decision.hpp"
#include "domain/entries/commands.hpp"
#include "domain/model/refusal.hpp"
#include "domain/secrets/commands.hpp"
#include "domain/state/store.hpp"

// What the state machine does about secrets: it keeps data keys, and never opens anything.
namespace confman::domain {

class StateWriter;

// Of a put: that what says it is sealed is.
Checked check_secret(const PutEntry&);

// Whether a secret would become readable that nobody has said is none any more: whoever sealed the
// put, or didn't, knew nothing of the secret yet. What comes of it is SecretKeyMoved.
bool unveils(const PutEntry&, const EntryRow& live);
// The same of a change that starts from what is live.
bool unveils_its_base(const StateStore&, const PutEntry&);

// Whether all values that are sealed are sealed by the data keys of their namespaces: those that
// there are, or those that come with them. SecretKeyMoved, TooMany.
std::optional<Refusal> check_data_keys(StateWriter&, std::span<const PutEntry> puts);
// Keeps those that there weren't. Requires that check_data_keys() has nothing against it.
void keep_data_keys(StateWriter&, const Act&, std::span<const PutEntry> puts);

enum class Wraps : std::uint8_t { FromNow, NoMore };
void count_wrapped(StateWriter&, std::string_view path, std::string_view master_key, Wraps);

// Master keys that wrap something, and how much. At most so many.
std::vector<std::pair<std::string, std::uint64_t>> wrapping_keys(const StateStore&,
                                                                 std::size_t most);
// Namespaces whose data keys that master key wraps, at most so many.
std::vector<std::string> wrapped_by(const StateStore&, std::string_view master_key,
                                    std::size_t most);

}  // namespace confman::domain
