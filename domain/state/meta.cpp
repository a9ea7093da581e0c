#include "domain/state/meta.hpp"

#include "domain/codec/must_decode.hpp"

namespace confman::domain {

Bytes encode(const MetaRow& row) {
  return encode_record(row);
}

std::expected<MetaRow, DecodeFault> decode_meta_row(ByteView bytes, bool* complete) {
  return decode_record<MetaRow>(bytes, complete);
}

MetaRow meta_of(const StateStore& store) {
  const auto row = store.get(Table::Meta, keys::kMeta);
  return row ? must_decode(decode_meta_row(*row)) : MetaRow{};
}

}  // namespace confman::domain
