#include "upmem_des/efficiency/efficiency_form.hpp"

#include <algorithm>

#include "efficiency/forms.hpp"

namespace upmem_des {

std::vector<double> EfficiencyForm::ideal() const {
  std::vector<double> values;
  for (const FormParameter& parameter : parameters_) values.push_back(parameter.ideal);
  return values;
}

const std::vector<const EfficiencyForm*>& efficiency_forms() {
  static const std::vector<const EfficiencyForm*> forms{&all_to_all_form(),  &decode_form(),  &prefill_form(),
                                                        &elementwise_form(), &experts_form(), &one_shot_form(),
                                                        &product_form(),     &ring_form(),    &send_receive_form()};
  return forms;
}

const EfficiencyForm* find_form(const std::string& name) {
  const auto& forms = efficiency_forms();
  const auto found =
      std::find_if(forms.begin(), forms.end(), [&](const EfficiencyForm* form) { return form->name() == name; });
  return found == forms.end() ? nullptr : *found;
}

const EfficiencyForm& form_for(const KernelSizes& sizes) {
  const auto& forms = efficiency_forms();
  return **std::find_if(forms.begin(), forms.end(), [&](const EfficiencyForm* form) { return form->serves(sizes); });
}

}  // namespace upmem_des
