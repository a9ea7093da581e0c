#include <filesystem>
#include <gtest/gtest.h>

#include "tests/docs/markdown.hpp"

namespace confman::testing {
namespace {

TEST(Documents, EveryLinkAndImageIsThere) {
  std::size_t links = 0;
  for (const Document& document : documents()) {
    for (const Link& link : links_of(document)) {
      ++links;
      EXPECT_TRUE(std::filesystem::exists(document.file.parent_path() / link.target))
          << document.file.string() << ":" << link.line << ": " << link.target;
    }
  }
  EXPECT_GT(links, 20U) << "the documents' links were not found";
}

}  // namespace
}  // namespace confman::testing
