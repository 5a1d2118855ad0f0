/// What a stream takes when it is free.
#pragma once

namespace upmem_des {

enum class QueueOrder {
  ById,       ///< the task with the smallest id, however long that is waited for: a command queue
  ReadyById,  ///< of the tasks that wait for nothing any more, that with the smallest id
};

}  // namespace upmem_des
