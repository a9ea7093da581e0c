#include <gtest/gtest.h>

#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "tests/domain/support.hpp"
#include "tests/support/fields.hpp"

// Whatever is kept or sent comes back with every field: what differs in one of them is another
// value, has another encoding, and is read as what it is.
namespace confman::domain {
namespace {

using test::alterations;
using test::described_members_of;
using test::fields_of;
using test::filled;
using test::members_of;

template <class Value, class Decode>
void expect_each_differs(const Value& base, const std::vector<Value>& others, Decode decode) {
  const Bytes bytes = encode(base);
  ASSERT_TRUE(decode(bytes));
  EXPECT_EQ(*decode(bytes), base);
  for (std::size_t i = 0; i < others.size(); ++i) {
    SCOPED_TRACE("alteration " + std::to_string(i));
    EXPECT_NE(others[i], base);
    const Bytes altered = encode(others[i]);
    EXPECT_NE(altered, bytes);
    const auto decoded = decode(altered);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, others[i]);
  }
}

template <class Record>
void expect_every_field() {
  EXPECT_EQ(fields_of<Record>(), described_members_of<Record>())
      << "The description leaves a member out.";
  EXPECT_GE(alterations<Record>().size(), fields_of<Record>());
  expect_each_differs(filled<Record>(), alterations<Record>(),
                      [](ByteView bytes) { return decode_record<Record>(bytes); });
}

TEST(EveryField, OfEachRecord) {
  for_each_table([](auto tag) {
    using Described = decltype(tag)::type;
    SCOPED_TRACE(Described::kName);
    if constexpr (!std::is_same_v<typename Described::Row, KeyAlone>) {
      expect_every_field<typename Described::Row>();
    }
  });
  expect_every_field<Reply>();
  expect_every_field<MemberNote>();
}

// Both ask for the same: what a request was held to before it was proposed isn't part of it, nor
// whether it was said that a value is no secret.
template <class Body>
bool ask_the_same(Body a, const Body& b) {
  if constexpr (requires { a.secrecy; }) a.secrecy = b.secrecy;
  if constexpr (requires { a.checked; }) a.checked = b.checked;
  if constexpr (requires { a.unjudged; }) a.unjudged = b.unjudged;
  return a == b;
}

template <class Body>
void expect_every_field_of_command() {
  SCOPED_TRACE("command " + std::to_string(Body::kNumber));
  EXPECT_EQ(fields_of<Body>(), described_members_of<Body>())
      << "The description leaves a member out.";
  const auto with = [](const Body& body) {
    return Command{.stamp = {1'700'000'000'000, 3},
                   .actor = {ActorType::User, "ada", "192.0.2.1"},
                   .idempotency_key = "i",
                   .request_id = "r",
                   .body = body};
  };
  const Command base = with(filled<Body>());
  std::vector<Command> others;
  for (const Body& body : alterations<Body>()) {
    others.push_back(with(body));
    EXPECT_EQ(print_of(others.back()) == print_of(base), ask_the_same(body, filled<Body>()));
  }
  const auto also = [&](auto change) {
    others.push_back(base);
    change(others.back());
  };
  also([](Command& c) { c.stamp.wall_ms += 1; });
  also([](Command& c) { c.stamp.counter += 1; });
  also([](Command& c) { c.actor.type = ActorType::System; });
  also([](Command& c) { c.actor.id = "bob"; });
  also([](Command& c) { c.actor.ip = ""; });
  also([](Command& c) { c.idempotency_key = ""; });
  also([](Command& c) { c.request_id = "s"; });
  also([](Command& c) { c.api_key = sha256("k"); });
  expect_each_differs(base, others, [](ByteView bytes) { return decode_command(bytes); });
}

template <class... Bodies>
void for_each_command(const std::variant<Bodies...>*) {
  (expect_every_field_of_command<Bodies>(), ...);
}

TEST(EveryField, OfEachCommand) {
  for_each_command(static_cast<const CommandBody*>(nullptr));
}

// Two tries of one request differ in these.
TEST(EveryField, TheFingerprintLeavesOutWhatARetryMayChange) {
  Command command;
  command.body = filled<PutEntry>();
  Command again = command;
  again.stamp = {5, 5};
  again.request_id = "another";
  again.actor.ip = "192.0.2.9";
  EXPECT_EQ(print_of(again), print_of(command));
  again.actor.id = "bob";
  EXPECT_NE(print_of(again), print_of(command));
}

TEST(EveryField, OfEachKey) {
  for_each_table([](auto tag) {
    using Key = decltype(tag)::type::Key;
    SCOPED_TRACE(decltype(tag)::type::kName);
    EXPECT_EQ(keys::parts_of<Key>(), members_of<Key>()) << "The description leaves a part out.";
    Key key{};
    Key::for_each_part(key, test::KeyParts());
    const Bytes bytes = keys::encode_key(key);
    const auto parsed = keys::parse_key<Key>(bytes);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(keys::encode_key(*parsed), bytes);
  });
}

}  // namespace
}  // namespace confman::domain
