#pragma once

#include <cstddef>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/limits.hpp"
#include "domain/query.hpp"

namespace confman::domain {

// Fills a page up to its bounds. At least one item fits, whatever its size.
template <class Item>
class PageBuilder {
 public:
  explicit PageBuilder(std::size_t limit) : limit_(limit) {
    CONFMAN_ASSERT(limit > 0, "A page without room for an item would never end.");
  }

  // False: the page is full, the item stays outside, the scan can end.
  bool add(Item item, std::size_t bytes) {
    const bool too_big = !page_.items.empty() && bytes_ + bytes > kMaxPageBytes;
    if (page_.items.size() == limit_ || too_big) {
      page_.more = true;
      return false;
    }
    bytes_ += bytes;
    page_.items.push_back(std::move(item));
    return true;
  }

  Page<Item> take() { return std::move(page_); }

 private:
  std::size_t limit_;
  std::size_t bytes_ = 0;
  Page<Item> page_;
};

// The least key greater than this one.
inline Bytes behind(Bytes key) {
  key.push_back('\0');
  return key;
}

}  // namespace confman::domain
