#pragma once

#include <string>
#include <vector>

namespace confman::bench {

struct Series {
  std::string name{};
  std::vector<double> values{};  // one for each of the chart's steps; positive
};

struct Chart {
  std::string title{};
  std::string unit{};                // of the values
  std::vector<std::string> steps{};  // along the x axis, evenly spaced
  std::vector<Series> series{};  // the same series in the same order in every chart of a picture
  bool logarithmic = false;      // the y axis; from zero otherwise
};

// A standalone picture with the charts side by side, three in a row.
std::string draw(const std::string& title, const std::vector<Chart>& charts);

}  // namespace confman::bench
