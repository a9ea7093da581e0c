#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/decode_fault.hpp"
#include "domain/model/actor.hpp"
#include "domain/model/labels.hpp"
#include "domain/model/precondition.hpp"
#include "domain/model/refusal.hpp"
#include "domain/model/revision.hpp"

// The one encoding of everything that commands, rows and replies consist of: fields, each as
//
//   number (varint) | length (varint) | bytes
//
// in strictly ascending order of their numbers. A field that has its default (0, false, empty) is
// left out, so equal values have equal bytes. A new build adds fields behind the known ones; an old
// one skips them.
//
// What is grouped under one `first` takes as many numbers as it has parts: stamp 2, revision 2,
// actor 3, precondition 3.
namespace confman::domain {

class FieldWriter {
 public:
  explicit FieldWriter(Bytes& out) : out_(out) {}

  void number(std::uint64_t field, std::uint64_t v);
  void boolean(std::uint64_t field, bool v) { number(field, v ? 1 : 0); }
  void bytes(std::uint64_t field, ByteView v);
  void labels(std::uint64_t field, const Labels& v);
  void digest(std::uint64_t field, const Sha256Digest& v);
  // Present or not is the meaning, so a zero is written.
  void optional_number(std::uint64_t field, std::optional<std::uint64_t> v);
  void optional_digest(std::uint64_t field, const std::optional<Sha256Digest>& v);

  void refusal(std::uint64_t field, std::optional<Refusal> v);
  void stamp(std::uint64_t first, HlcStamp v);
  void revision(std::uint64_t first, Revision v);
  void actor(std::uint64_t first, const Actor& v);
  void precondition(std::uint64_t first, const Precondition& v);

 private:
  void present_number(std::uint64_t field, std::uint64_t v);
  void present_bytes(std::uint64_t field, ByteView v);

  ByteWriter out_;
};

// Ask for the fields in ascending order, then for the verdict once: after the first fault all that
// is read is a default. Every known field must be asked for.
class FieldReader {
 public:
  explicit FieldReader(ByteView in);

  std::uint64_t number(std::uint64_t field, std::uint64_t greatest = UINT64_MAX);
  bool boolean(std::uint64_t field);
  // A view into the input; at most max_size bytes.
  ByteView bytes(std::uint64_t field, std::size_t max_size);
  Labels labels(std::uint64_t field);
  Sha256Digest digest(std::uint64_t field);
  std::optional<std::uint64_t> optional_number(std::uint64_t field);
  std::optional<Sha256Digest> optional_digest(std::uint64_t field);

  std::optional<Refusal> refusal(std::uint64_t field);
  HlcStamp stamp(std::uint64_t first);
  Revision revision(std::uint64_t first);
  Actor actor(std::uint64_t first);
  Precondition precondition(std::uint64_t first);

  void fail(DecodeFault fault);
  // Skips what is behind the known fields and tells the first fault.
  std::expected<void, DecodeFault> finish();
  // After finish(): there were fields behind the known ones. If not, what was read encodes to the
  // same bytes again.
  bool skipped() const { return skipped_; }

 private:
  // The bytes of the field if it is the next one; else a view of no memory (which fits into
  // registers, as an optional doesn't).
  ByteView take(std::uint64_t field, std::size_t max_size);
  std::optional<std::uint64_t> take_number(std::uint64_t field, std::uint64_t greatest);
  std::optional<Sha256Digest> take_digest(std::uint64_t field);
  void read_next_number();
  // Moves `in` behind a varint; 0 and a fault if there is none.
  std::uint64_t varint(ByteView& in);
  std::uint64_t long_varint(ByteView& in);

  ByteView rest_;           // behind the number of the next field
  std::uint64_t next_ = 0;  // that number; 0: no field is left
  std::optional<DecodeFault> fault_;
  bool skipped_ = false;
};

// Splits off the format byte that every encoding starts with.
std::expected<ByteView, DecodeFault> check_format(ByteView bytes, std::uint8_t format);

}  // namespace confman::domain
