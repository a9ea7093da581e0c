#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/access/rights.hpp"
#include "domain/base/assert.hpp"
#include "domain/limits.hpp"
#include "domain/query/page.hpp"

namespace confman::domain {

// Fills a page up to its bounds: for each row of a scan visit(), and add() if it is an item; after
// a false of either the page is over. At least one row is visited, whatever the bounds, and at
// least one item fits, whatever its size: so every page gets on. What is asked of a `sight` counts
// as looked at; null sees everything.
template <class Item>
class PageBuilder {
 public:
  PageBuilder(std::size_t limit, std::size_t max_visited, std::size_t max_bytes,
              Sight* sight = nullptr)
      : limit_(limit), max_visited_(max_visited), max_bytes_(max_bytes), sight_(sight) {
    CONFMAN_ASSERT(limit > 0 && max_visited > 0 && max_bytes > 0,
                   "A page without room would never end.");
  }

  // The scan is at this row, which is so large. False: enough was looked at, it is left for later.
  bool visit(ByteView key, std::size_t bytes) {
    if (started_ && spent()) {
      over_ = true;
      return false;
    }
    started_ = true;
    look_up(bytes);
    // The last row stays in hand until the next comes: an item that doesn't fit isn't passed.
    std::swap(passed_, current_);
    current_.assign(key);
    return true;
  }
  // Whether the caller may read what is in that namespace; what they may not is no item.
  bool sees(std::string_view path) {
    if (sight_ == nullptr) return true;
    const bool seen = sight_->sees(path);
    look_up(sight_->take_work());
    return seen;
  }
  // The row is an item. False: the page is full, it stays outside.
  bool add(Item item, std::size_t bytes) {
    const bool too_big = !items_.empty() && bytes_ + bytes > max_bytes_;
    if (items_.size() == limit_ || too_big) {
      over_ = true;
      current_ = sight_ == nullptr ? passed_ : taken_;
      return false;
    }
    bytes_ += bytes;
    items_.push_back(std::move(item));
    if (sight_ != nullptr) taken_ = current_;
    return true;
  }
  // Something else was read for it.
  void look_up(std::size_t bytes) { work_ += {1, bytes}; }
  void look_up(const Work& work) { work_ += work; }

  bool spent() const { return work_.rows >= max_visited_ || work_.bytes >= max_bytes_; }
  bool over() const { return over_; }

  // `position`: makes a position of the key of a row.
  template <class ToPosition>
  auto take(ToPosition position) {
    Page<Item, decltype(position(ByteView()))> page;
    page.items = std::move(items_);
    if (over_) page.resume = position(current_);
    page.work = work_;
    return page;
  }

 private:
  const std::size_t limit_;
  const std::size_t max_visited_;
  const std::size_t max_bytes_;
  Sight* const sight_;
  std::size_t bytes_ = 0;  // of the items
  Work work_;
  std::vector<Item> items_;
  Bytes current_;  // key of the last row visited
  Bytes passed_;   // of the one before
  // Of the last item, where not all is seen: the row before the one that doesn't fit may be one
  // that the caller may not know of, and positions are told.
  Bytes taken_;
  bool started_ = false;
  bool over_ = false;
};

// The least key greater than this one.
inline Bytes behind(Bytes key) {
  key.push_back('\0');
  return key;
}

}  // namespace confman::domain
