#include "sim/workload/client_request.hpp"

#include <charconv>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

std::string numbered(std::string name, std::uint64_t number) {
  name += std::to_string(number);
  return name;
}

domain::Precondition precondition_of(const ClientOp& op) {
  domain::Precondition precondition;
  switch (op.precondition) {
    case OpPrecondition::None:
      break;
    case OpPrecondition::IfVersion:
      precondition.if_version = op.version;
      break;
    case OpPrecondition::IfAbsent:
      precondition.if_absent = true;
      break;
    case OpPrecondition::IfExists:
      precondition.if_exists = true;
      break;
  }
  return precondition;
}

domain::CommandBody body_of(const ClientOp& op) {
  const std::string path = namespace_path(op.name_space);
  const std::string key = key_name(op.key);
  switch (op.kind) {
    case OpKind::Put:
      return domain::PutEntry{.path = path,
                              .key = key,
                              .content_type = "text/plain",
                              .value = value_bytes(op.value),
                              .labels = labels_of(op.value),
                              .description = {},
                              .precondition = precondition_of(op)};
    case OpKind::Delete:
      return domain::DeleteEntry{path, key, precondition_of(op)};
    case OpKind::PutNamespace:
      return domain::PutNamespace{.path = path,
                                  .description = value_bytes(op.value),
                                  .owner = "simulator",
                                  .labels = {},
                                  .precondition = precondition_of(op)};
    default:
      return domain::DeleteNamespace{path, precondition_of(op)};
  }
}

node::Write write_of(const ClientOp& op) {
  node::Write write;
  write.forward = op.forward;
  write.command.actor = {domain::ActorType::User, numbered("client", op.client), {}};
  if (op.idempotency != 0) write.command.idempotency_key = numbered("once", op.idempotency);
  write.command.request_id = numbered("req", op.request);
  write.command.body = body_of(op);
  return write;
}

node::Read read_of(const ClientOp& op) {
  node::Read read;
  if (op.kind == OpKind::Get) {
    read.query = node::GetEntry{namespace_path(op.name_space), key_name(op.key), std::nullopt};
  } else {
    domain::ListEntries list;
    list.path = namespace_path(op.name_space);
    list.limit = static_cast<std::size_t>(op.limit);
    if (op.value != 0) list.labels = {label_text(op.value)};
    read.query = std::move(list);
  }
  if (op.stale) read.consistency = node::Consistency::Stale;
  if (op.min_index != 0) read.min_version = domain::Revision{op.min_term, op.min_index};
  if (op.max_staleness_us >= 0) read.max_staleness = Duration{op.max_staleness_us};
  return read;
}

node::ChangeMembers change_of(const ClientOp& op) {
  node::ChangeMembers result;
  result.member = numbered("node", op.key);
  result.actor = {domain::ActorType::User, "operator", {}};
  result.request_id = numbered("req", op.request);
  const consensus::MemberId id{op.key};
  switch (op.kind) {
    case OpKind::AddMember:
      result.change = consensus::AddLearner{member_of(static_cast<int>(op.key) - 1)};
      break;
    case OpKind::PromoteMember:
      result.change = consensus::Promote{.id = id};
      break;
    case OpKind::DemoteMember:
      result.change = consensus::Demote{id};
      break;
    default:
      result.change = consensus::Remove{id};
  }
  return result;
}

}  // namespace

consensus::Member member_of(int node) {
  const std::string number = std::to_string(node + 1);
  return {.id = consensus::MemberId{static_cast<std::uint64_t>(node) + 1},
          .role = consensus::MemberRole::Voter,
          .incarnation = 0,
          .name = "node" + number,
          .peer_address = "10.0.0." + number + ":7000",
          .api_address = "10.0.0." + number + ":8080"};
}

std::string namespace_path(std::uint64_t number) {
  if (number == 0) return "/";
  std::string path = number % 2 == 0 ? namespace_path(number - 1) : std::string();
  return numbered(path + "/n", number);
}

// None, one, or two.
domain::Labels labels_of(std::uint64_t value) {
  domain::Labels labels;
  if (value % 2 == 0) labels.emplace_back("even", "");
  if (value % 3 == 0) labels.emplace_back("of", std::to_string(value % 9));
  return labels;
}

std::string label_text(std::uint64_t number) {
  return number == 1 ? "even" : number == 2 ? "of" : "of=3";
}

std::string key_name(std::uint64_t number) {
  return numbered("k", number);
}

std::string entry_path(const std::string& name_space, const std::string& key) {
  return name_space == "/" ? "/" + key : name_space + "/" + key;
}

std::string value_bytes(std::uint64_t value) {
  std::string bytes = std::to_string(value);
  bytes += ':';
  bytes.append(value % 7 * 40, 'x');
  return bytes;
}

std::uint64_t value_of(const std::string& bytes) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
  return end.ec == std::errc() && value_bytes(value) == bytes ? value : 0;
}

node::Request request_of(const ClientOp& op, Time now) {
  node::Request request;
  request.id = node::RequestId{op.request};
  request.deadline = now + Duration{op.timeout_us};
  if (is_write(op.kind)) {
    request.operation = write_of(op);
  } else if (op.kind == OpKind::Watch) {
    node::Watch watch;
    watch.scope = {namespace_path(op.name_space), op.key == 0 ? "" : key_name(op.key)};
    if (op.after >= 0) {
      watch.after = domain::Revision{op.min_term, static_cast<std::uint64_t>(op.after)};
    }
    watch.limit = static_cast<std::size_t>(op.limit);
    request.operation = std::move(watch);
  } else if (op.kind == OpKind::TransferLeader) {
    node::Transfer transfer;
    if (op.key != 0) transfer.to = consensus::MemberId{op.key};
    request.operation = transfer;
  } else if (is_admin(op.kind)) {
    request.operation = change_of(op);
  } else {
    request.operation = read_of(op);
  }
  return request;
}

}  // namespace confman::sim
