/// The forms, one file each; a new one is a file, a line here and one in efficiency_form.cpp. Internal to the room.
#pragma once

#include "upmem_des/efficiency/efficiency_form.hpp"

namespace upmem_des {

const EfficiencyForm& all_to_all_form();
const EfficiencyForm& decode_form();
const EfficiencyForm& elementwise_form();
const EfficiencyForm& experts_form();
const EfficiencyForm& one_shot_form();
const EfficiencyForm& prefill_form();
const EfficiencyForm& product_form();
const EfficiencyForm& ring_form();
const EfficiencyForm& send_receive_form();

}  // namespace upmem_des
