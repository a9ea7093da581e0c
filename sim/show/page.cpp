#include "sim/show/page.hpp"

#include <type_traits>

#include "consensus/status.hpp"
#include "domain/json/writer.hpp"
#include "sim/run/origin.hpp"
#include "sim/show/template.hpp"

namespace confman::sim {
namespace {

using json::Writer;

template <class List, class Each>
void array(Writer& out, const List& list, Each&& each) {
  out.begin_array();
  for (const auto& item : list) each(item);
  out.end_array();
}

template <class List>
void values(Writer& out, const List& list) {
  array(out, list, [&](const auto& item) { out.value(item); });
}

// An index, or -1.
std::int64_t place(std::uint32_t index) {
  return index == UINT32_MAX ? -1 : std::int64_t{index};
}

std::string hex(std::uint64_t value) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
  return text;
}

void about(Writer& out, const Recording& recording, const Trace& trace) {
  out.member("seed", std::to_string(recording.seed));
  out.member("profile", name_of(recording.profile));
  out.member("build", recording.build);
  out.member("hash", hex(trace.result.hash));
  out.member("reproduced", reproduces(recording, trace.result));
  out.key("caveats");
  values(out, caveats(recording));
  out.key("verdict");
  values(out, verdict(recording, trace.result));
  out.member("nodes", recording.config.nodes + recording.config.spares);
  out.key("sentences");
  values(out, recording.sentences);
  out.key("failure");
  if (const auto& failure = trace.result.failure) {
    out.begin_object().member("kind", name_of(failure->kind)).member("oracle", failure->oracle);
    out.member("sentence", failure->sentence).end_object();
  } else {
    out.null();
  }
  const DerivedConfig usual;
  out.key("knobs");
  array(out, knobs(), [&](const Knob& knob) {
    out.begin_array().value(knob.name).value(recording.config.*knob.field);
    out.value(usual.*knob.field).end_array();
  });
}

void names(Writer& out) {
  out.key("eventKinds").begin_array();
  for (int i = 0; i < kEventKinds; ++i) out.value(name_of(static_cast<EventKind>(i)));
  out.end_array();
  out.key("roles").begin_array();
  out.value("follower").value("pre-candidate").value("candidate").value("leader").end_array();
  out.key("standings").begin_array();
  for (int i = 0; i <= static_cast<int>(consensus::Standing::Removed); ++i) {
    out.value(name_of(static_cast<consensus::Standing>(i)));
  }
  out.end_array();
}

// Writes events in columns; time as the step from the event before.
void events(Writer& out, const Recording& recording, const Trace& trace) {
  const std::size_t count = trace.message_of.size();
  const auto column = [&](std::string_view name, auto&& field) {
    out.key(name).begin_array();
    for (std::size_t i = 0; i < count; ++i) out.value(field(i));
    out.end_array();
  };
  const auto event = [&](std::size_t i) -> const Event& { return recording.events[i].event; };
  column("time", [&](std::size_t i) { return event(i).at - (i > 0 ? event(i - 1).at : 0); });
  column("kind", [&](std::size_t i) { return static_cast<unsigned>(event(i).kind); });
  column("node", [&](std::size_t i) { return unsigned{event(i).node}; });
  column("a", [&](std::size_t i) { return event(i).a; });
  // As the way back to it; 0: none.
  column("cause", [&](std::size_t i) {
    return trace.cause_of[i] == Trace::kNone ? 0 : i - trace.cause_of[i];
  });
  column("b", [&](std::size_t i) { return event(i).b; });
}

void state(Writer& out, const Trace::NodeState& s) {
  out.begin_array().value(s.event).value(unsigned{s.node});
  out.value(unsigned{s.up}).value(unsigned{s.paused}).value(unsigned{s.stopping});
  out.value(unsigned{s.role});
  for (const std::uint64_t number :
       {s.term, s.voted_for, s.leader, s.base, s.last, s.durable, s.commit, s.applied, s.flushed}) {
    out.value(number);
  }
  out.value(s.terms).value(unsigned{s.standing}).value(s.damaged).value(s.lacks);
  out.value(s.lacks_to).value(s.voters).value(unsigned{s.stateless}).value(unsigned{s.low_space});
  out.value(s.refusal).end_array();
}

void message(Writer& out, const Trace::Message& m) {
  out.begin_array().value(m.sent).value(unsigned{m.from}).value(unsigned{m.to});
  out.value(unsigned{m.kind});
  values(out, m.fields);
  values(out, m.delivered);
  out.end_array();
}

constexpr bool is_truth(Column column) {
  return column == Column::Forward || column == Column::Stale;
}

void operation(Writer& out, const Trace::Operation& o) {
  out.begin_array().value(o.begin).value(place(o.end)).value(unsigned{o.node}).value(o.label);
  out.value(o.outcome).value(o.answer).begin_array();
  const OpRow row = row_of(o.op);
  for (std::size_t i = 0; i < kColumns; ++i) {
    if (is_truth(static_cast<Column>(i))) {
      out.value(row.numbers()[i] != 0);
    } else if (kColumnSpecs[i].is_signed) {
      out.value(static_cast<std::int64_t>(row.numbers()[i]));
    } else {
      out.value(row.numbers()[i]);
    }
  }
  out.end_array().end_array();
}

std::string data_of(const Recording& recording, const Trace& trace) {
  std::string text;
  Writer out(text);
  out.begin_object();
  about(out, recording, trace);
  names(out);
  events(out, recording, trace);
  out.key("states");
  array(out, trace.states, [&](const auto& s) { state(out, s); });
  out.key("messageKinds");
  array(out, trace.kinds, [&](const Trace::MessageKind& kind) {
    out.begin_object().member("name", kind.name).key("fields");
    values(out, kind.fields);
    out.end_object();
  });
  out.key("messages");
  array(out, trace.messages, [&](const auto& m) { message(out, m); });
  out.key("operationFields").begin_array();
  for (const ColumnSpec& column : kColumnSpecs) out.value(column.name);
  out.end_array().key("operations");
  array(out, trace.operations, [&](const auto& o) { operation(out, o); });
  out.end_object();
  return text;
}

}  // namespace

std::string page_of(const Recording& recording, const Trace& trace) {
  const std::size_t mark = kPageTemplate.find(kDataMark);
  std::string page(kPageTemplate.substr(0, mark));
  for (const char c : data_of(recording, trace)) {
    if (c == '<') {
      page += "\\u003c";  // it stands in strings only, and must not end the script
    } else {
      page += c;
    }
  }
  page += kPageTemplate.substr(mark + kDataMark.size());
  return page;
}

}  // namespace confman::sim
