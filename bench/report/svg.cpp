#include "bench/report/svg.hpp"

#include <algorithm>
#include <cmath>

#include "bench/report/text.hpp"

namespace confman::bench {
namespace {

constexpr double kWidth = 380;  // of one chart with its margins, in pixels
constexpr double kHeight = 260;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 36;
constexpr double kBottom = 34;
constexpr double kTitle = 40;
constexpr std::size_t kColumns = 3;
constexpr const char* kColours[] = {"#1b6ca8", "#d1495b", "#3a7d44", "#8e6c8a"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

class Picture {
 public:
  void line(double x1, double y1, double x2, double y2, const char* style) {
    out_ += "<line x1=\"" + fixed(x1, 1) + "\" y1=\"" + fixed(y1, 1) + "\" x2=\"" + fixed(x2, 1) +
            "\" y2=\"" + fixed(y2, 1) + "\" " + style + "/>\n";
  }
  void text(double x, double y, const std::string& words, const char* style) {
    out_ += "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" " + style + ">" +
            escaped(words) + "</text>\n";
  }
  void add(const std::string& element) { out_ += element; }
  const std::string& elements() const { return out_; }

 private:
  std::string out_;
};

// From values to pixels, and the values that get a line.
struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<double> marks{};

  double part(double value) const {
    if (logarithmic) {
      return (std::log10(std::max(value, low)) - std::log10(low)) /
             (std::log10(high) - std::log10(low));
    }
    return (value - low) / (high - low);
  }
};

Axis axis_of(const Chart& chart) {
  double smallest = INFINITY;
  double largest = 0;
  for (const Series& series : chart.series) {
    for (const double value : series.values) {
      smallest = std::min(smallest, value);
      largest = std::max(largest, value);
    }
  }
  Axis axis{.logarithmic = chart.logarithmic};
  if (largest <= 0) {
    return axis;
  }
  if (chart.logarithmic) {
    axis.low = std::pow(10, std::floor(std::log10(std::max(smallest, largest / 1e6))));
    axis.high = std::pow(10, std::ceil(std::log10(largest * 1.01)));
    for (double mark = axis.low; mark <= axis.high * 1.001; mark *= 10) {
      axis.marks.push_back(mark);
    }
    return axis;
  }
  double step = std::pow(10, std::floor(std::log10(largest)));
  step = largest / step < 2 ? step / 4 : largest / step < 5 ? step / 2 : step;
  axis.high = step * std::ceil(largest * 1.02 / step);
  for (double mark = 0; mark <= axis.high * 1.001; mark += step) {
    axis.marks.push_back(mark);
  }
  return axis;
}

void draw_chart(Picture& picture, const Chart& chart, double left, double top) {
  const Axis axis = axis_of(chart);
  const double x0 = left + kLeft;
  const double x1 = left + kWidth - kRight;
  const double y0 = top + kHeight - kBottom;
  const double y1 = top + kTop;
  const auto x_at = [&](std::size_t step) {
    const double count = static_cast<double>(std::max<std::size_t>(chart.steps.size(), 1));
    return x0 + (x1 - x0) * (static_cast<double>(step) + 0.5) / count;
  };
  const auto y_at = [&](double value) { return y0 - (y0 - y1) * axis.part(value); };

  picture.text(x0, top + 20, chart.title + ", " + chart.unit, "font-weight=\"bold\"");
  for (const double mark : axis.marks) {
    picture.line(x0, y_at(mark), x1, y_at(mark), "stroke=\"#ddd\"");
    picture.text(x0 - 6, y_at(mark) + 4, mark < 1 && mark > 0 ? fixed(mark, 2) : thousands(mark),
                 "text-anchor=\"end\"");
  }
  for (std::size_t i = 0; i < chart.steps.size(); ++i) {
    picture.text(x_at(i), y0 + 18, chart.steps[i], "text-anchor=\"middle\"");
  }
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const std::string colour = kColours[s % std::size(kColours)];
    std::string points;
    for (std::size_t i = 0; i < chart.series[s].values.size(); ++i) {
      const std::string x = fixed(x_at(i), 1);
      const std::string y = fixed(y_at(chart.series[s].values[i]), 1);
      points += x + "," + y + " ";
      picture.add("<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"3\" fill=\"" + colour + "\"/>\n");
    }
    picture.add("<polyline points=\"" + points + "\" fill=\"none\" stroke-width=\"2\" stroke=\"" +
                colour + "\"/>\n");
  }
}

}  // namespace

std::string draw(const std::string& title, const std::vector<Chart>& charts) {
  Picture picture;
  picture.text(16, 26, title, "font-size=\"16\" font-weight=\"bold\"");
  const std::size_t columns = std::min(kColumns, std::max<std::size_t>(charts.size(), 1));
  const std::size_t rows = (charts.size() + columns - 1) / columns;
  const double width = kWidth * static_cast<double>(columns);
  const double height = kTitle + kHeight * static_cast<double>(rows);
  if (!charts.empty()) {
    double x = width - 16;
    for (std::size_t s = charts.front().series.size(); s-- > 0;) {
      const std::string style = "text-anchor=\"end\" font-weight=\"bold\" fill=\"" +
                                std::string(kColours[s % std::size(kColours)]) + "\"";
      picture.text(x, 26, charts.front().series[s].name, style.c_str());
      x -= 90;
    }
  }
  for (std::size_t i = 0; i < charts.size(); ++i) {
    draw_chart(picture, charts[i], kWidth * static_cast<double>(i % columns),
               kTitle + kHeight * static_cast<double>(i / columns));
  }
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + fixed(width, 0) + "\" height=\"" +
         fixed(height, 0) + "\" font-family=\"sans-serif\" font-size=\"12\">\n" +
         "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + picture.elements() +
         "</svg>\n";
}

}  // namespace confman::bench
