#include "domain/codec/fields.hpp"

#include <algorithm>
#include <bit>

#include "domain/limits.hpp"

namespace confman::domain {
namespace {

constexpr std::size_t kMaxVarintBytes = 10;
constexpr std::size_t kMaxLabelsBytes =
    kMaxLabels * (kMaxLabelKeyBytes + kMaxLabelValueBytes + 2 * kMaxVarintBytes);

// Why ByteReader could not read a varint: it has no end, or it is longer than it need be.
DecodeFault fault_of_varint(ByteView bytes) {
  const ByteView head = bytes.substr(0, kMaxVarintBytes);
  const bool ends = std::ranges::any_of(head, [](char c) { return (c & 0x80) == 0; });
  return ends || head.size() == kMaxVarintBytes ? DecodeFault::NotCanonical
                                                : DecodeFault::Truncated;
}

std::size_t varint_size(std::uint64_t v) {
  return (static_cast<std::size_t>(std::bit_width(v | 1)) + 6) / 7;
}

}  // namespace

void FieldWriter::present_number(std::uint64_t field, std::uint64_t v) {
  out_.varint(field);
  out_.varint(varint_size(v));
  out_.varint(v);
}

void FieldWriter::present_bytes(std::uint64_t field, ByteView v) {
  out_.varint(field);
  out_.bytes(v);
}

void FieldWriter::number(std::uint64_t field, std::uint64_t v) {
  if (v != 0) present_number(field, v);
}

void FieldWriter::bytes(std::uint64_t field, ByteView v) {
  if (!v.empty()) present_bytes(field, v);
}

void FieldWriter::labels(std::uint64_t field, const Labels& v) {
  if (v.empty()) return;
  Bytes encoded;
  ByteWriter writer(encoded);
  for (const auto& [name, value] : v) {
    writer.bytes(name);
    writer.bytes(value);
  }
  present_bytes(field, encoded);
}

void FieldWriter::digest(std::uint64_t field, const Sha256Digest& v) {
  if (v != Sha256Digest{}) present_bytes(field, as_view(v));
}

void FieldWriter::optional_number(std::uint64_t field, std::optional<std::uint64_t> v) {
  if (v) present_number(field, *v);
}

void FieldWriter::optional_digest(std::uint64_t field, const std::optional<Sha256Digest>& v) {
  if (v) present_bytes(field, as_view(*v));
}

// Zero is left out, so the first refusal is 1.
void FieldWriter::refusal(std::uint64_t field, std::optional<Refusal> v) {
  if (v) present_number(field, static_cast<std::uint64_t>(*v) + 1);
}

void FieldWriter::stamp(std::uint64_t first, HlcStamp v) {
  number(first, static_cast<std::uint64_t>(v.wall_ms));
  number(first + 1, v.counter);
}

void FieldWriter::revision(std::uint64_t first, Revision v) {
  number(first, v.term);
  number(first + 1, v.index);
}

void FieldWriter::actor(std::uint64_t first, const Actor& v) {
  number(first, static_cast<std::uint64_t>(v.type));
  bytes(first + 1, v.id);
  bytes(first + 2, v.ip);
}

void FieldWriter::precondition(std::uint64_t first, const Precondition& v) {
  optional_number(first, v.if_version);
  boolean(first + 1, v.if_absent);
  boolean(first + 2, v.if_exists);
}

void FieldReader::fail(DecodeFault fault) {
  if (!fault_) fault_ = fault;
  rest_ = {};
  next_ = 0;
}

inline std::uint64_t FieldReader::varint(ByteView& in) {
  if (!in.empty() && static_cast<std::uint8_t>(in[0]) < 0x80) {  // nearly always
    const auto v = static_cast<std::uint8_t>(in[0]);
    in.remove_prefix(1);
    return v;
  }
  return long_varint(in);
}

std::uint64_t FieldReader::long_varint(ByteView& in) {
  ByteReader reader(in);
  const std::uint64_t v = reader.varint();
  if (!reader.ok()) {
    fail(fault_of_varint(in));
    return 0;
  }
  in.remove_prefix(in.size() - reader.remaining());
  return v;
}

inline void FieldReader::read_next_number() {
  if (rest_.empty()) {
    next_ = 0;
    return;
  }
  const std::uint64_t last = next_;
  next_ = varint(rest_);
  if (!fault_ && next_ <= last) fail(DecodeFault::NotCanonical);
}

FieldReader::FieldReader(ByteView in) : rest_(in) {
  read_next_number();
}

ByteView FieldReader::take(std::uint64_t field, std::size_t max_size) {
  if (next_ != field) {
    if (next_ != 0 && next_ < field) fail(DecodeFault::NotCanonical);
    return {};
  }
  const std::uint64_t size = varint(rest_);
  if (fault_) return {};
  if (size > max_size || size > rest_.size()) {
    fail(DecodeFault::Truncated);
    return {};
  }
  const ByteView value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  read_next_number();
  return value;
}

std::optional<std::uint64_t> FieldReader::take_number(std::uint64_t field, std::uint64_t greatest) {
  ByteView encoded = take(field, kMaxVarintBytes);
  if (encoded.data() == nullptr) return std::nullopt;
  const std::uint64_t v = varint(encoded);
  if (!encoded.empty()) fail(DecodeFault::TrailingBytes);
  if (v > greatest) fail(DecodeFault::UnknownKind);
  return v;
}

std::uint64_t FieldReader::number(std::uint64_t field, std::uint64_t greatest) {
  const std::optional<std::uint64_t> v = take_number(field, greatest);
  if (v == 0) fail(DecodeFault::NotCanonical);
  return fault_ ? 0 : v.value_or(0);
}

std::optional<std::uint64_t> FieldReader::optional_number(std::uint64_t field) {
  return take_number(field, UINT64_MAX);
}

bool FieldReader::boolean(std::uint64_t field) {
  return number(field, 1) != 0;
}

ByteView FieldReader::bytes(std::uint64_t field, std::size_t max_size) {
  const ByteView v = take(field, max_size);
  if (v.data() != nullptr && v.empty()) fail(DecodeFault::NotCanonical);
  return v;
}

Labels FieldReader::labels(std::uint64_t field) {
  Labels labels;
  ByteReader in(bytes(field, kMaxLabelsBytes));
  while (in.ok() && !in.at_end()) {
    const ByteView name = in.bytes(kMaxLabelKeyBytes);
    const ByteView value = in.bytes(kMaxLabelValueBytes);
    if (in.ok() && !labels.empty() && name <= labels.back().first) {
      fail(DecodeFault::NotCanonical);
      return {};
    }
    labels.emplace_back(name, value);
    if (labels.size() > kMaxLabels) in.fail();
  }
  if (!in.ok()) fail(DecodeFault::Truncated);
  return labels;
}

std::optional<Sha256Digest> FieldReader::take_digest(std::uint64_t field) {
  const ByteView v = take(field, sizeof(Sha256Digest));
  if (v.data() == nullptr) return std::nullopt;
  Sha256Digest digest{};
  if (v.size() != digest.size()) {
    fail(DecodeFault::Truncated);
    return std::nullopt;
  }
  std::ranges::copy(v, digest.begin());
  return digest;
}

Sha256Digest FieldReader::digest(std::uint64_t field) {
  const std::optional<Sha256Digest> v = take_digest(field);
  if (v == Sha256Digest{}) fail(DecodeFault::NotCanonical);
  return v.value_or(Sha256Digest{});
}

std::optional<Sha256Digest> FieldReader::optional_digest(std::uint64_t field) {
  return take_digest(field);
}

std::optional<Refusal> FieldReader::refusal(std::uint64_t field) {
  constexpr auto kLast = static_cast<std::uint64_t>(kLastRefusal);
  const std::uint64_t v = number(field, kLast + 1);
  if (v == 0) return std::nullopt;
  return static_cast<Refusal>(v - 1);
}

HlcStamp FieldReader::stamp(std::uint64_t first) {
  const auto wall_ms = static_cast<std::int64_t>(number(first));
  return {wall_ms, static_cast<std::uint32_t>(number(first + 1, UINT32_MAX))};
}

Revision FieldReader::revision(std::uint64_t first) {
  const std::uint64_t term = number(first);
  return {term, number(first + 1)};
}

Actor FieldReader::actor(std::uint64_t first) {
  constexpr auto kLastType = static_cast<std::uint64_t>(ActorType::System);
  Actor actor;
  actor.type = static_cast<ActorType>(number(first, kLastType));
  actor.id = bytes(first + 1, kMaxActorIdBytes);
  actor.ip = bytes(first + 2, kMaxActorIpBytes);
  return actor;
}

Precondition FieldReader::precondition(std::uint64_t first) {
  Precondition p;
  p.if_version = optional_number(first);
  p.if_absent = boolean(first + 1);
  p.if_exists = boolean(first + 2);
  if (p.if_version.has_value() + p.if_absent + p.if_exists > 1) fail(DecodeFault::NotCanonical);
  return p;
}

std::expected<void, DecodeFault> FieldReader::finish() {
  while (next_ != 0) {
    skipped_ = true;
    take(next_, SIZE_MAX);
  }
  if (fault_) return std::unexpected(*fault_);
  return {};
}

std::expected<ByteView, DecodeFault> check_format(ByteView bytes, std::uint8_t format) {
  if (bytes.empty()) return std::unexpected(DecodeFault::Truncated);
  if (static_cast<std::uint8_t>(bytes.front()) != format) {
    return std::unexpected(DecodeFault::UnsupportedVersion);
  }
  return bytes.substr(1);
}

}  // namespace confman::domain
