#include "adapters/secrets/key_file.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/base/hash.hpp"

namespace confman::secrets {
namespace {

std::string base64_of(ByteView bytes) {
  std::string text(44, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}
std::string line(const std::string& id) {
  return id + " " + base64_of(as_view(sha256(id))) + "\n";
}
std::string fault_of(std::string_view text) {
  const auto keys = parse_key_file(text);
  return keys ? "none" : keys.error().message;
}

TEST(KeyFile, HasTheActiveKeyFirst) {
  const auto keys = parse_key_file("# of production\n\n" + line("k2") + line("k1"));
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].id, "k2");
  EXPECT_TRUE(std::equal((*keys)[0].bytes.data(), (*keys)[0].bytes.data() + kKeyBytes,
                         sha256("k2").begin()));
  EXPECT_TRUE(parse_key_file(line("k").substr(0, line("k").size() - 1))) << "no line break";
}

TEST(KeyFile, OfAnotherFormIsRefusedByItsLineAndWithoutItsKeys) {
  const std::string good = base64_of(as_view(sha256("x")));
  EXPECT_EQ(fault_of(""), "there is no key in it");
  EXPECT_EQ(fault_of("# nothing\n"), "there is no key in it");
  for (const std::string& bad :
       {std::string("k"), "k " + good.substr(1), "k  " + good, "k " + good + "=", "k " + good + " ",
        " " + good, "k\t" + good, std::string("k ") + std::string(44, 'A'),
        "k " + good.substr(0, 42) + "==", std::string("k/1 ") + good}) {
    EXPECT_TRUE(fault_of(line("a") + bad).starts_with("line 2: ")) << bad;
    EXPECT_EQ(fault_of(bad).find(good.substr(0, 8)), std::string::npos) << "it shows a key";
  }
  // Unused bits that are set would be a second text for one key.
  std::string twin = good;
  twin[42] = static_cast<char>(twin[42] + 1);
  EXPECT_NE(fault_of("k " + twin), "none");
}

TEST(KeyFile, WithAKeyTwiceOrNoneAtRandomIsRefused) {
  EXPECT_EQ(fault_of(line("a") + line("a")), "line 2: that id was there before");
  EXPECT_EQ(fault_of(line("a") + "b" + line("a").substr(1)),
            "line 2: that key was there before, by another id");
  EXPECT_EQ(fault_of("zero " + base64_of(Bytes(32, '\0'))), "line 1: that isn't a random key");
  std::string many;
  for (int i = 0; i < 17; ++i) many += line("k" + std::to_string(i));
  EXPECT_EQ(fault_of(many), "line 17: there are at most 16 keys");
}

class KeyFileOnDisk : public testing::Test {
 protected:
  KeyFileOnDisk() {
    std::string name = testing::TempDir() + "confman-keys-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ + "/keys";
    std::ofstream(path_) << line("k1");
    ::chmod(path_.c_str(), 0600);
  }
  ~KeyFileOnDisk() override {
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }
  std::string code() const {
    const auto keys = load_key_file(path_);
    return keys ? "none" : keys.error().code;
  }
  std::string folder_;
  std::string path_;
};

TEST_F(KeyFileOnDisk, IsReadWhereNobodyElseMay) {
  EXPECT_EQ(code(), "none");
  ::chmod(path_.c_str(), 0400);
  EXPECT_EQ(code(), "none");
}

TEST_F(KeyFileOnDisk, IsRefusedWhereOthersMayReadOrWriteIt) {
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0644, 0666}) {
    ::chmod(path_.c_str(), mode);
    EXPECT_EQ(code(), "insecure_permissions") << std::oct << mode;
  }
}

TEST_F(KeyFileOnDisk, IsRefusedWhereItIsNone) {
  EXPECT_EQ(load_key_file(folder_).error().code, "not_a_file");
  EXPECT_EQ(load_key_file(folder_ + "/none").error().code, "not_found");
  EXPECT_EQ(load_key_file(folder_ + "/none").error().message.find(folder_), 0U);
}

}  // namespace
}  // namespace confman::secrets
