#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/sqlite/state/start_counter.hpp"
#include "domain/base/hash.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

std::string code_of(const DataDir::Request& request) {
  auto dir = DataDir::open(request);
  return dir ? "" : dir.error().code;
}

TEST(DataDir, IsCreatedPrivateAndRemembersWhoseItIs) {
  TestDir test;
  {
    const DataDir dir = open_dir(test.data());
    EXPECT_TRUE(dir.created());
    EXPECT_FALSE(dir.identity().log_created);
    struct stat status{};
    ASSERT_EQ(::stat(test.data().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
    for (const auto& item : std::filesystem::directory_iterator(test.data())) {
      ASSERT_EQ(::stat(item.path().c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, 0600U) << item.path();
    }
  }
  auto request = request_for(test.data());
  request.incarnation_if_new = 7;
  auto dir = DataDir::open(request);
  ASSERT_TRUE(dir);
  EXPECT_FALSE(dir->created());
  EXPECT_EQ(dir->identity().incarnation, 0x1122334455667788U);
}

TEST(DataDir, OfAnotherNodeClusterOrGroupIsRefusedWithBothNames) {
  TestDir test;
  {
    open_dir(test.data());
  }
  auto request = request_for(test.data());
  request.node = "node2";
  auto dir = DataDir::open(request);
  ASSERT_FALSE(dir);
  EXPECT_EQ(dir.error().code, "wrong_data_dir");
  EXPECT_NE(dir.error().message.find("belongs to node \"node1\" of cluster \"prod\""),
            std::string::npos);
  EXPECT_NE(dir.error().message.find("this is node \"node2\""), std::string::npos);
  request = request_for(test.data());
  request.cluster = "test";
  EXPECT_EQ(code_of(request), "wrong_data_dir");
  request = request_for(test.data());
  request.group = consensus::GroupId{1};
  EXPECT_EQ(code_of(request), "wrong_data_dir");
}

TEST(DataDir, IsLockedByOneProcessWhosePidIsNamed) {
  TestDir test;
  {
    const DataDir first = open_dir(test.data());
    auto second = DataDir::open(request_for(test.data()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "data_dir_locked");
    EXPECT_NE(second.error().message.find("pid " + std::to_string(::getpid())), std::string::npos);
  }
  EXPECT_EQ(code_of(request_for(test.data())), "");
}

// What the file says was true of the node that ran last: it may be long gone.
TEST(DataDir, LockedByAnotherProgramThatProgramIsNamed) {
  TestDir test;
  {
    open_dir(test.data());
  }
  const auto file = test.data() / "lock";
  std::ofstream(file) << "1\n";
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready) + ::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const int fd = ::open(file.c_str(), O_RDWR);
    char byte = ::flock(fd, LOCK_EX | LOCK_NB) == 0 ? 'y' : 'n';
    (void)!::write(ready[1], &byte, 1);
    ::close(done[1]);
    (void)!::read(done[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  const auto refused = DataDir::open(request_for(test.data()));
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "data_dir_locked");
  EXPECT_NE(refused.error().message.find("pid " + std::to_string(child) + ";"), std::string::npos)
      << refused.error().message;
}

// As `flock FD` in a shell leaves it: who took the lock has ended, and who holds it can't be told.
TEST(DataDir, LockedByADescriptorThatWasHandedOnNobodyIsNamed) {
  TestDir test;
  {
    open_dir(test.data());
  }
  const int fd = ::open((test.data() / "lock").c_str(), O_RDWR);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::flock(fd, LOCK_EX | LOCK_NB));
  ::waitpid(child, nullptr, 0);
  const auto refused = DataDir::open(request_for(test.data()));
  ::close(fd);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "data_dir_locked");
  EXPECT_EQ(refused.error().message.find("pid "), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("another process"), std::string::npos);
}

// All files that a node's directory has at its first start.
TEST(DataDir, AFileThatIsALinkOrAFolderIsRefusedByName) {
  for (const char* name : {"lock", "starts", "identity", "identity.tmp", "starts.tmp"}) {
    TestDir test;
    const auto file = test.data() / name;
    const auto elsewhere = test.root() / "elsewhere";
    std::ofstream(elsewhere) << "theirs";
    const auto code_of_start = [&]() -> std::string {
      auto dir = DataDir::open(request_for(test.data()));
      if (!dir) return dir.error().code;
      const auto counted = count_start(*dir);
      if (!counted) return counted.error().code;
      const auto marked = dir->mark_log_created();
      return marked ? "" : marked.error().code;
    };
    ASSERT_EQ(code_of_start(), "");
    std::filesystem::remove(file);
    std::filesystem::create_symlink(elsewhere, file);
    EXPECT_EQ(code_of_start(), "store_path_alias") << name;
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    EXPECT_EQ(code_of_start(), "store_not_a_file") << name;
    std::ifstream kept(elsewhere);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "theirs") << name;
  }
}

TEST(DataDir, RefusesPlacesThatAreNone) {
  TestDir test;
  const auto place = test.root() / "place";
  std::ofstream(place) << "x";
  EXPECT_EQ(code_of(request_for(place)), "data_dir_not_a_directory");
  {
    open_dir(test.data());
  }
  const auto link = test.root() / "link";
  std::filesystem::create_directory_symlink(test.data(), link);
  EXPECT_EQ(code_of(request_for(link)), "store_path_alias");
  EXPECT_EQ(code_of(request_for(test.root() / "no" / "parent")), "store_io_error");
  ::chmod(test.data().c_str(), 0750);
  EXPECT_EQ(code_of(request_for(test.data())), "insecure_permissions");
}

TEST(DataDir, RefusesADirectoryThatIsNotItsOwn) {
  TestDir test;
  ::mkdir(test.data().c_str(), 0700);
  std::ofstream(test.data() / "letter.txt") << "dear";
  EXPECT_EQ(code_of(request_for(test.data())), "data_dir_foreign");
  std::filesystem::rename(test.data() / "letter.txt", test.data() / "log.db");
  EXPECT_EQ(code_of(request_for(test.data())), "store_identity_missing");
}

// Whatever is seen first: to call a node's data somebody else's is to invite its deletion.
TEST(DataDir, ANodesDataWithoutAnIdentityIsCalledThatAndNotToBeDeleted) {
  for (const char* name : {"starts", "clean", "snapshots", "state.db", "log.head"}) {
    TestDir test;
    ::mkdir(test.data().c_str(), 0700);
    std::ofstream(test.data() / "a-letter.txt") << "dear";
    std::ofstream(test.data() / "z-letter.txt") << "dear";
    std::ofstream(test.data() / name) << "1";
    const auto refused = DataDir::open(request_for(test.data()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "store_identity_missing") << name;
    EXPECT_NE(refused.error().message.find("delete nothing"), std::string::npos);
    EXPECT_NE(refused.error().message.find("confman cluster remove"), std::string::npos);
  }
}

TEST(DataDir, FinishesACreationThatWasInterrupted) {
  TestDir test;
  ::mkdir(test.data().c_str(), 0700);
  std::ofstream(test.data() / "identity.tmp") << "conf";
  EXPECT_TRUE(open_dir(test.data()).created());
}

TEST(Identity, EveryDamageIsNoticed) {
  const Identity identity{"prod = x", "node1", consensus::GroupId{3}, 0xabcdef, true};
  const std::string text = encode_identity(identity);
  EXPECT_EQ(parse_identity(text), identity);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto parsed = parse_identity(damaged);
    ASSERT_FALSE(parsed) << bit;
    EXPECT_EQ(parsed.error().code, "store_identity_corrupt");
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_identity(text.substr(0, size)));
  }
}

std::string of_format(int format) {
  std::string text = encode_identity({"prod", "node1", {}, 1, false});
  text.replace(text.find("format = 2"), 10, "format = " + std::to_string(format));
  text.resize(text.find("crc32c"));
  char line[32];
  std::snprintf(line, sizeof line, "crc32c = %08x\n", crc32c(text));
  return text + line;
}

TEST(Identity, OfANewerFormatNamesBothFormats) {
  const auto parsed = parse_identity(of_format(7));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, "store_format_newer");
  EXPECT_NE(parsed.error().message.find("format 7"), std::string::npos);
}

TEST(Identity, OfAnOlderFormatIsRefused) {
  const auto parsed = parse_identity(of_format(1));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, "store_format_older");
  EXPECT_NE(parsed.error().message.find("format 1"), std::string::npos);
  EXPECT_NE(parsed.error().message.find("empty directory"), std::string::npos);
}

}  // namespace
}  // namespace confman::sqlite
