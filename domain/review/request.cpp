#include "domain/review/request.hpp"

#include <algorithm>

#include "domain/review/changes.hpp"

namespace confman::domain {

std::string join_paths(std::vector<std::string_view> paths) {
  std::ranges::sort(paths);
  const auto [first, last] = std::ranges::unique(paths);
  paths.erase(first, last);
  std::string text;
  for (const std::string_view path : paths) {
    if (!text.empty()) text += '\n';
    text += path;
  }
  return text;
}

std::vector<std::string_view> split_paths(std::string_view text) {
  std::vector<std::string_view> paths;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    paths.push_back(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return paths;
}

bool RequestChangeTable::fits(const Key&, const Row& row) {
  return check_changes(join_changes({row.body})).has_value();
}

Bytes encode(const RequestRow& row) {
  return encode_record(row);
}
std::expected<RequestRow, DecodeFault> decode_request_row(ByteView bytes, bool* complete) {
  return decode_record<RequestRow>(bytes, complete);
}

Bytes encode(const RequestChangeRow& row) {
  return encode_record(row);
}
std::expected<RequestChangeRow, DecodeFault> decode_request_change_row(ByteView bytes,
                                                                       bool* complete) {
  return decode_record<RequestChangeRow>(bytes, complete);
}

Bytes encode(const ApprovalRow& row) {
  return encode_record(row);
}
std::expected<ApprovalRow, DecodeFault> decode_approval_row(ByteView bytes, bool* complete) {
  return decode_record<ApprovalRow>(bytes, complete);
}

Bytes encode(const NoteRow& row) {
  return encode_record(row);
}
std::expected<NoteRow, DecodeFault> decode_note_row(ByteView bytes, bool* complete) {
  return decode_record<NoteRow>(bytes, complete);
}

}  // namespace confman::domain
