/// What a process can do before it forks for runs.
#pragma once

namespace upmem_des {

/// Finds what every run would find for itself, so that processes that are forked afterwards have it: the digest of the
/// program, and the shipped devices, which are parsed again only where their files have changed. Whatever is wrong with
/// them is for the run to say.
void warm_up();

}  // namespace upmem_des
