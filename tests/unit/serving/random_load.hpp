/// Random servers and requests.
#pragma once

#include <cstdint>
#include <random>

#include "upmem_des/requests/request.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

/// A small server, in which blocks are short; most requests of random_request() with 60 tokens fit.
SchedulerOptions random_options(std::mt19937_64& random);

/// The same with one to eight drafts, each of which is accepted always, never or sometimes, and blocks for them.
SchedulerOptions with_drafts(SchedulerOptions options, std::mt19937_64& random);

/// Of up to `longest` tokens in all. With shared content requests often begin alike.
Request random_request(std::mt19937_64& random, std::int64_t id, std::int64_t longest, bool shared_content);

}  // namespace upmem_des
