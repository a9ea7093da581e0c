#include <gtest/gtest.h>
#include <set>

#include "domain/audit/action.hpp"
#include "domain/json/reader.hpp"
#include "domain/model/path.hpp"
#include "domain/model/refusal.hpp"
#include "domain/snapshot/stream.hpp"

// Codes are a part of the API: each enumerator has one, in small letters and digits, and no two are
// the same.
namespace confman::domain {
namespace {

template <class Enum>
void expect_distinct(Enum first, Enum last, std::string_view (*code)(Enum)) {
  std::set<std::string_view> codes;
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    const std::string_view text = code(static_cast<Enum>(i));
    EXPECT_TRUE(codes.insert(text).second) << text;
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."),
              std::string_view::npos)
        << text;
  }
}

TEST(Codes, AreDistinct) {
  expect_distinct<Refusal>(Refusal::NamespaceNotFound, kLastRefusal, code_of);
  expect_distinct<NameFaultKind>(NameFaultKind::Empty, NameFaultKind::InvalidCharacter, code_of);
  expect_distinct<json::FaultKind>(json::FaultKind::EmptyBody, json::FaultKind::TooManyMembers,
                                   json::code_of);
  expect_distinct<SnapshotFault>(SnapshotFault::EmptyFile, SnapshotFault::DigestMismatch, code_of);
  expect_distinct<Action>(Action::ConfigCreated, kLastAction, name_of);
}

TEST(Codes, OfTheApiNeverChange) {
  EXPECT_EQ(code_of(Refusal::VersionMismatch), "version_mismatch");
  EXPECT_EQ(code_of(NameFaultKind::InvalidCharacter), "invalid_key_character");
  EXPECT_EQ(json::code_of(json::FaultKind::DuplicateKey), "duplicate_key");
  EXPECT_EQ(name_of(Action::MemberRemoved), "member.removed");
}

using CodesDeathTest = testing::Test;

TEST(CodesDeathTest, WhatIsNoEnumeratorHasNone) {
  EXPECT_DEATH((void)code_of(static_cast<Refusal>(200)), "A refusal isn't in the table");
}

}  // namespace
}  // namespace confman::domain
