#include "bench/report/json.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <sstream>
#include <utility>

namespace confman::bench {
namespace {

Poco::JSON::Object latency_object(const Histogram& histogram) {
  const auto millis = [](double nanos) { return nanos / 1e6; };
  Poco::JSON::Object out(Poco::JSON_PRESERVE_KEY_ORDER);
  out.set("count", histogram.count());
  out.set("mean", millis(histogram.mean()));
  out.set("min", millis(static_cast<double>(histogram.min())));
  constexpr std::pair<const char*, double> kQuantiles[] = {{"p50", 0.5},     {"p90", 0.9},
                                                           {"p95", 0.95},    {"p99", 0.99},
                                                           {"p99.9", 0.999}, {"p99.99", 0.9999}};
  for (const auto& [name, quantile] : kQuantiles) {
    out.set(name, millis(static_cast<double>(histogram.value_at(quantile))));
  }
  out.set("max", millis(static_cast<double>(histogram.max())));
  return out;
}

}  // namespace

void add_measurement(Poco::JSON::Object& out, const Measurement& measured) {
  out.set("seconds", measured.seconds);
  out.set("completed", measured.completed);
  out.set("per_second", measured.per_second());
  out.set("failed", measured.failed);
  out.set("lost", measured.lost);
  out.set("unanswered", measured.unanswered);
  out.set("first_failure", measured.first_failure);
  out.set("client_user_us_per_request", measured.client_user_us);
  out.set("client_system_us_per_request", measured.client_system_us);
  Poco::JSON::Object latency(Poco::JSON_PRESERVE_KEY_ORDER);
  for (std::size_t i = 0; i < kOperations; ++i) {
    if (measured.latency[i].count() > 0) {
      latency.set(name_of(static_cast<Operation>(i)), latency_object(measured.latency[i]));
    }
  }
  out.set("latency_ms", latency);
}

std::string printed(const Poco::JSON::Object& object) {
  std::ostringstream text;
  object.stringify(text, 2);
  text << '\n';
  return text.str();
}

std::string to_json(const Target& target, const Load& load, const Measurement& measured) {
  Poco::JSON::Object out(Poco::JSON_PRESERVE_KEY_ORDER);
  out.set("target", name_of(target.kind));
  Poco::JSON::Array endpoints;
  for (const Endpoint& endpoint : target.endpoints) {
    endpoints.add(endpoint.to_string());
  }
  out.set("endpoints", endpoints);
  out.set("clients", load.clients);
  out.set("connections", connections_for(target, load.clients));
  out.set("rate", load.rate);
  out.set("mix", std::to_string(load.mix.write) + ":" + std::to_string(load.mix.linearizable_read) +
                     ":" + std::to_string(load.mix.local_read));
  out.set("keys", load.keys);
  out.set("value_size", static_cast<std::uint64_t>(load.value_size));
  out.set("seed", load.seed);
  add_measurement(out, measured);
  return printed(out);
}

}  // namespace confman::bench
