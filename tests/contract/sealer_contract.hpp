#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "domain/base/hash.hpp"
#include "domain/limits.hpp"
#include "domain/secrets/sealed.hpp"
#include "domain/secrets/sealer.hpp"

// What every implementation of domain::Sealer must do. An implementation is given as a harness that
// makes sealers; those with the same ids have the same master keys.
//
//   struct Harness {
//     std::unique_ptr<domain::Sealer> with(std::vector<std::string> ids);
//   };
namespace confman::contract {

template <class Harness>
class SealerContract : public testing::Test {
 protected:
  using Fault = domain::SealFault;
  static constexpr domain::SecretPlace kPlace{"/a", "password", "text/plain"};

  std::unique_ptr<domain::Sealer> with(std::vector<std::string> ids) {
    return harness_.with(std::move(ids));
  }
  std::unique_ptr<domain::Sealer> sealer_ = with({"m1"});
  domain::WrappedKey key_ = sealer_->make_key("/a").value();
  Bytes seal(ByteView value) { return sealer_->seal(key_, kPlace, value).value(); }

  Harness harness_;
};

TYPED_TEST_SUITE_P(SealerContract);

TYPED_TEST_P(SealerContract, OpensWhatItHasSealedOfEverySize) {
  for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 17UL, 1000UL, domain::kMaxValueBytes}) {
    const Bytes value(size, 'v');
    const Bytes sealed = this->seal(value);
    EXPECT_EQ(sealed.size(), size + domain::kSealBytes);
    EXPECT_EQ(this->sealer_->open(this->key_, this->kPlace, sealed), value);
  }
}

TYPED_TEST_P(SealerContract, ShowsNothingOfAValue) {
  const Bytes sealed = this->seal("correct horse battery staple");
  EXPECT_EQ(sealed.find("horse"), sealed.npos);
  EXPECT_EQ(sealed.find(as_view(sha256("correct horse battery staple"))), sealed.npos);
  EXPECT_NE(sealed, this->seal("correct horse battery staple")) << "twice is not the same";
}

TYPED_TEST_P(SealerContract, TellsWhetherTwoValuesOfOneEntryAreTheSame) {
  const auto digest = [&](const domain::SecretPlace& place, ByteView value) {
    const Bytes sealed = this->sealer_->seal(this->key_, place, value).value();
    return domain::parse_sealed(sealed).value().digest;
  };
  EXPECT_EQ(digest(this->kPlace, "v"), digest(this->kPlace, "v"));
  EXPECT_NE(digest(this->kPlace, "v"), digest(this->kPlace, "w"));
  EXPECT_NE(digest(this->kPlace, "v"), digest({"/a", "other", "text/plain"}, "v"));
  const auto other = this->sealer_->make_key("/a").value();
  const Bytes sealed = this->sealer_->seal(other, this->kPlace, "v").value();
  EXPECT_NE(domain::parse_sealed(sealed).value().digest, digest(this->kPlace, "v"));
}

TYPED_TEST_P(SealerContract, OpensNothingAtAnotherPlace) {
  const Bytes sealed = this->seal("v");
  using Place = domain::SecretPlace;
  for (const Place& place :
       {Place{"/a", "other", "text/plain"}, Place{"/a", "password", "application/json"}}) {
    EXPECT_EQ(this->sealer_->open(this->key_, place, sealed),
              std::unexpected(TestFixture::Fault::Damaged));
  }
  // The key itself is of one namespace.
  EXPECT_EQ(this->sealer_->open(this->key_, {"/b", "password", "text/plain"}, sealed),
            std::unexpected(TestFixture::Fault::Damaged));
}

TYPED_TEST_P(SealerContract, OpensNothingThatWasChangedInAnyByte) {
  const Bytes sealed = this->seal("value");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(this->sealer_->open(this->key_, this->kPlace, changed)) << "byte " << i;
  }
  EXPECT_FALSE(this->sealer_->open(this->key_, this->kPlace, sealed.substr(0, sealed.size() - 1)));
  EXPECT_FALSE(this->sealer_->open(this->key_, this->kPlace, ""));
  EXPECT_TRUE(this->sealer_->open(this->key_, this->kPlace, sealed));
}

TYPED_TEST_P(SealerContract, OpensNothingByAKeyThatWasChangedOrIsAnothers) {
  const Bytes sealed = this->seal("value");
  const auto fresh = [this] { return this->with({"m1"}); };
  for (std::size_t i = 0; i < this->key_.wrapped.size(); ++i) {
    domain::WrappedKey changed = this->key_;
    changed.wrapped[i] = static_cast<char>(changed.wrapped[i] ^ 1);
    EXPECT_FALSE(fresh()->open(changed, this->kPlace, sealed)) << "byte " << i;
  }
  domain::WrappedKey renamed = this->key_;
  renamed.id += 1;
  EXPECT_FALSE(fresh()->open(renamed, this->kPlace, sealed));
  const auto other = this->sealer_->make_key("/a").value();
  EXPECT_FALSE(this->sealer_->open(other, this->kPlace, sealed));
}

TYPED_TEST_P(SealerContract, WrapsADataKeyAnewWithoutChangingIt) {
  const Bytes sealed = this->seal("value");
  const auto both = this->with({"m2", "m1"});
  const auto again = both->rewrap("/a", this->key_).value();
  EXPECT_EQ(again.id, this->key_.id);
  EXPECT_EQ(again.master_key, "m2");
  EXPECT_NE(again.wrapped, this->key_.wrapped);
  EXPECT_EQ(this->with({"m2"})->open(again, this->kPlace, sealed), "value");
  EXPECT_EQ(this->with({"m1"})->open(again, this->kPlace, sealed),
            std::unexpected(TestFixture::Fault::UnknownMasterKey));
  EXPECT_EQ(this->with({"m2"})->rewrap("/a", this->key_),
            std::unexpected(TestFixture::Fault::UnknownMasterKey));
}

TYPED_TEST_P(SealerContract, WrapsByTheFirstMasterKeyAndUnwrapsByAll) {
  const auto both = this->with({"m2", "m1"});
  EXPECT_EQ(both->master_keys(), (std::vector<std::string>{"m2", "m1"}));
  EXPECT_EQ(both->make_key("/b").value().master_key, "m2");
  EXPECT_EQ(both->open(this->key_, this->kPlace, this->seal("v")), "v");
}

TYPED_TEST_P(SealerContract, DoesNothingWithoutAMasterKey) {
  const auto none = this->with({});
  EXPECT_TRUE(none->master_keys().empty());
  const auto no_key = std::unexpected(TestFixture::Fault::NoMasterKey);
  EXPECT_EQ(none->make_key("/a"), no_key);
  EXPECT_EQ(none->rewrap("/a", this->key_), no_key);
  EXPECT_EQ(none->seal(this->key_, this->kPlace, "v"), no_key);
  EXPECT_EQ(none->open(this->key_, this->kPlace, this->seal("v")), no_key);
}

TYPED_TEST_P(SealerContract, DrawsAKeyIdAndNonceEachTime) {
  std::set<std::uint64_t> ids;
  std::set<Bytes> nonces;
  for (int i = 0; i < 100; ++i) {
    ids.insert(this->sealer_->make_key("/a").value().id);
    nonces.emplace(domain::parse_sealed(this->seal("v")).value().nonce);
  }
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(nonces.size(), 100U);
}

REGISTER_TYPED_TEST_SUITE_P(SealerContract, OpensWhatItHasSealedOfEverySize, ShowsNothingOfAValue,
                            TellsWhetherTwoValuesOfOneEntryAreTheSame, OpensNothingAtAnotherPlace,
                            OpensNothingThatWasChangedInAnyByte,
                            OpensNothingByAKeyThatWasChangedOrIsAnothers,
                            WrapsADataKeyAnewWithoutChangingIt,
                            WrapsByTheFirstMasterKeyAndUnwrapsByAll, DoesNothingWithoutAMasterKey,
                            DrawsAKeyIdAndNonceEachTime);

}  // namespace confman::contract
