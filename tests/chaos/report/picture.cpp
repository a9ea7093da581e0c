#include "tests/chaos/report/picture.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "tests/chaos/faults/fault_table.hpp"
#include "tests/chaos/stage.hpp"

namespace confman::chaos {
namespace {

constexpr double kLeft = 90;  // of the time line; names stand before it
constexpr double kChart = 90;
constexpr double kLane = 30;
constexpr double kBetween = 8;
constexpr double kFaultRow = 17;
constexpr double kLetter = 6.2;  // width of one, about

constexpr const char* kDown = "#5f6368";
constexpr const char* kPaused = "#f2c14e";
constexpr const char* kUp = "#e4ecf5";
constexpr const char* kLeads = "#3d7a57";
constexpr const char* kCannot = "#d93025";

constexpr std::array<const char*, 6> kClassColours{"#c2703d", "#8e5bb0", "#b5395b",
                                                   "#3f7fbf", "#5b8c3a", "#7a7a7a"};

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

const char* colour_of(const std::string& fault) {
  const FaultKind* kind = find_fault_kind(fault);
  return kClassColours[kind == nullptr ? 5 : static_cast<std::size_t>(kind->group)];
}

class Picture {
 public:
  explicit Picture(const Outcome& outcome)
      : outcome_(outcome),
        timeline_(outcome.timeline),
        scale_(std::clamp(1400.0 / seconds_at(timeline_.end), 5.0, 20.0)) {}

  std::string draw() {
    chart();
    band("no writes", 10, outcome_.figures.gaps);
    for (std::size_t node = 0; node < outcome_.nodes; ++node) lane(node);
    faults();
    axis();
    violations();
    const double width = x(timeline_.end) + 40;
    return format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
               "font-family=\"system-ui,sans-serif\" font-size=\"11\">\n",
               width, y_ + 10) +
           body_ + "</svg>\n";
  }

 private:
  double seconds_at(Moment at) const {
    return at <= timeline_.begin ? 0 : static_cast<double>(at - timeline_.begin) / 1e9;
  }
  double x(Moment at) const { return kLeft + seconds_at(std::min(at, timeline_.end)) * scale_; }

  void text(double at, double y, const std::string& words, const char* more = "") {
    body_ += format("<text x=\"%.1f\" y=\"%.1f\" %s>", at, y, more) + escaped(words) + "</text>\n";
  }
  void box(double from, double to, double y, double height, const char* colour,
           const std::string& tells = "") {
    body_ += format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\">", from,
                    y, std::max(to - from, 1.0), height, colour);
    if (!tells.empty()) body_ += "<title>" + escaped(tells) + "</title>";
    body_ += "</rect>\n";
  }

  void chart() {
    std::size_t most = 1;
    for (const Second& second : outcome_.figures.seconds) {
      most = std::max(most, second.writes + second.reads + second.failed);
    }
    const double unit = kChart / static_cast<double>(most);
    for (std::size_t i = 0; i < outcome_.figures.seconds.size(); ++i) {
      const Second& second = outcome_.figures.seconds[i];
      const std::string tells = format("%zu s: %zu writes, %zu reads, %zu failed", i, second.writes,
                                       second.reads, second.failed);
      const double from = kLeft + static_cast<double>(i) * scale_;
      double top = y_ + kChart;
      const auto bar = [&](std::size_t count, const char* colour) {
        const double height = static_cast<double>(count) * unit;
        top -= height;
        if (count > 0) box(from, from + scale_ - 1, top, height, colour, tells);
      };
      bar(second.writes, "#2f6db5");
      bar(second.reads, "#a9c6e8");
      bar(second.failed, kCannot);
    }
    text(4, y_ + 12, "operations/s");
    text(4, y_ + 26, format("to %zu", most), "fill=\"#777\"");
    y_ += kChart + kBetween;
  }

  void band(const std::string& name, double height, const std::vector<Gap>& gaps) {
    text(4, y_ + height - 1, name);
    box(kLeft, x(timeline_.end), y_, height, "#f1f3f4");
    for (const Gap& gap : gaps) {
      box(x(gap.from), x(gap.to), y_, height, kCannot,
          format("no acknowledged write for %.2f s", static_cast<double>(gap.length()) / 1e9));
    }
    y_ += height + kBetween;
  }

  void lane(std::size_t node) {
    text(4, y_ + 18, Stage::name_of(node));
    states(node);
    leaderships(node);
    if (node < outcome_.figures.gaps_of_nodes.size()) {
      for (const Gap& gap : outcome_.figures.gaps_of_nodes[node]) {
        box(x(gap.from), x(gap.to), y_ + kLane - 4, 4, kCannot,
            format("no acknowledged write through it for %.2f s",
                   static_cast<double>(gap.length()) / 1e9));
      }
    }
    for (const NodeExit& exit : timeline_.exits) {
      if (exit.node != node || exit.at > timeline_.end) continue;
      const bool explained = !exit.explanation.empty();
      body_ += format("<g><title>%s</title><circle cx=\"%.1f\" cy=\"%.1f\" r=\"9\" fill=\"%s\"/>",
                      escaped(explained ? exit.explanation : "nothing accounts for it").c_str(),
                      x(exit.at), y_ + 12, explained ? "#fff" : kCannot);
      text(x(exit.at), y_ + 15, std::to_string(exit.code),
           "text-anchor=\"middle\" font-size=\"9\"");
      body_ += "</g>\n";
    }
    y_ += kLane + kBetween;
  }

  void states(std::size_t node) {
    Moment since = timeline_.begin;
    NodeState state = NodeState::Down;
    const auto close = [&](Moment at) {
      if (at <= since) return;
      const char* colour = state == NodeState::Up       ? kUp
                           : state == NodeState::Paused ? kPaused
                                                        : kDown;
      box(x(since), x(at), y_, kLane, colour,
          state == NodeState::Down ? "down" : (state == NodeState::Paused ? "paused" : ""));
      since = at;
    };
    for (const NodeChange& change : timeline_.nodes) {
      if (change.node != node) continue;
      close(std::min(change.at, timeline_.end));
      state = change.state;
    }
    close(timeline_.end);
  }

  void leaderships(std::size_t node) {
    const RoleChange* leads = nullptr;
    const auto close = [&](Moment at) {
      if (leads == nullptr) return;
      const double from = x(leads->at);
      const double to = x(at);
      box(from, to, y_ + 4, kLane - 12, kLeads,
          format("leads in term %llu", static_cast<unsigned long long>(leads->term)));
      if (to - from > 20) {
        text(from + 3, y_ + 17, std::to_string(leads->term), "fill=\"#fff\" font-size=\"10\"");
      }
      leads = nullptr;
    };
    for (const RoleChange& change : timeline_.roles) {
      if (change.node != node) continue;
      close(change.at);
      if (change.role == "leader") leads = &change;
    }
    close(timeline_.end);
  }

  // Each in the first row in which neither it nor its name hides another one.
  void faults() {
    text(4, y_ + 12, "faults");
    std::vector<FaultSpan> spans = timeline_.faults;
    std::ranges::sort(spans, {}, &FaultSpan::from);
    std::vector<double> rows;
    for (const FaultSpan& span : spans) {
      const double from = x(span.from);
      const double to =
          std::max(x(span.to), from + static_cast<double>(span.kind.size()) * kLetter);
      const auto fits = [&](double taken) { return taken < from; };
      auto row = std::ranges::find_if(rows, fits);
      if (row == rows.end()) row = rows.insert(rows.end(), 0);
      *row = to + 4;
      const double y = y_ + static_cast<double>(row - rows.begin()) * kFaultRow;
      const std::string tells =
          span.kind + ": " + span.what +
          format(" (%.1f to %.1f s)", seconds_at(span.from), seconds_at(span.to));
      box(from, x(span.to), y, kFaultRow - 3, colour_of(span.kind), tells);
      body_ += "<g><title>" + escaped(tells) + "</title>";
      text(from + 2, y + 11, span.kind,
           "paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"2.5\"");
      body_ += "</g>\n";
    }
    y_ += static_cast<double>(rows.size()) * kFaultRow + kBetween;
  }

  void axis() {
    const int step = scale_ < 8 ? 30 : 10;
    for (int at = 0; at <= static_cast<int>(seconds_at(timeline_.end)); at += step) {
      const double where = kLeft + at * scale_;
      body_ += format(
          "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%.1f\" stroke=\"#000\" "
          "stroke-opacity=\"0.12\"/>\n",
          where, where, y_);
      text(where + 2, y_ + 10, std::to_string(at) + " s", "fill=\"#777\"");
    }
    y_ += 16;
  }

  void violations() {
    for (const ViolationMark& mark : timeline_.violations) {
      if (mark.at == 0) continue;
      const double where = x(mark.at);
      body_ += "<g><title>" + escaped(mark.violation.property + ": " + mark.violation.sentence) +
               "</title>";
      body_ += format(
          "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%.1f\" stroke=\"%s\" "
          "stroke-width=\"2\" stroke-dasharray=\"6 3\"/></g>\n",
          where, where, y_, kCannot);
    }
  }

  const Outcome& outcome_;
  const Timeline::Data& timeline_;
  const double scale_;  // pixels of a second
  double y_ = 6;
  std::string body_;
};

}  // namespace

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string picture_of(const Outcome& outcome) {
  return Picture(outcome).draw();
}

}  // namespace confman::chaos
