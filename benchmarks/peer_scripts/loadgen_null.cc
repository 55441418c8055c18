// LoadGen's single stream around a system that answers at once: what its C++ side costs a query.
// Usage: loadgen-null MIN_DURATION_MS EXPECTED_LATENCY_NS FOLDER
#include <cstdlib>
#include <string>
#include <vector>

#include "loadgen.h"
#include "query_sample_library.h"
#include "system_under_test.h"
#include "test_settings.h"

namespace {

class NullSystem : public mlperf::SystemUnderTest {
 public:
  const std::string& Name() override { return name_; }
  void IssueQuery(const std::vector<mlperf::QuerySample>& samples) override {
    responses_.clear();
    for (const auto& sample : samples) responses_.push_back({sample.id, 0, 0});
    mlperf::QuerySamplesComplete(responses_.data(), responses_.size());
  }
  void FlushQueries() override {}

 private:
  std::string name_{"null"};
  std::vector<mlperf::QuerySampleResponse> responses_;
};

class NullLibrary : public mlperf::QuerySampleLibrary {
 public:
  const std::string& Name() override { return name_; }
  size_t TotalSampleCount() override { return 1024; }
  size_t PerformanceSampleCount() override { return 1024; }
  void LoadSamplesToRam(const std::vector<mlperf::QuerySampleIndex>&) override {}
  void UnloadSamplesFromRam(const std::vector<mlperf::QuerySampleIndex>&) override {}

 private:
  std::string name_{"null"};
};

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  mlperf::TestSettings settings;
  settings.scenario = mlperf::TestScenario::SingleStream;
  settings.mode = mlperf::TestMode::PerformanceOnly;
  settings.min_duration_ms = std::strtoull(words[1], nullptr, 10);
  settings.min_query_count = 100;
  settings.single_stream_expected_latency_ns = std::strtoull(words[2], nullptr, 10);
  mlperf::LogSettings log;
  log.enable_trace = false;
  log.log_output.outdir = words[3];
  NullSystem system;
  NullLibrary library;
  mlperf::StartTest(&system, &library, settings, log);
  return 0;
}
