"""Jupyter's own conformance tests, with every attribute supplied. Run by pytest against the installed kernel."""

import jupyter_kernel_test

import samples


class TestConformance(jupyter_kernel_test.KernelTests):
    kernel_name = samples.KERNEL
    language_name = "swift"
    file_extension = ".swift"
    code_hello_world = samples.HELLO_WORLD
    code_stderr = samples.STDERR
    completion_samples = samples.COMPLETIONS
    complete_code_samples = samples.COMPLETE
    incomplete_code_samples = samples.INCOMPLETE
    invalid_code_samples = samples.INVALID
    code_page_something = samples.PAGER
    code_generate_error = samples.ERROR
    code_execute_result = [samples.RESULT]
    code_display_data = [samples.DISPLAY]
    code_history_pattern = samples.HISTORY_PATTERN
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = samples.INSPECT
    code_clear_output = samples.CLEAR_OUTPUT

    def test_every_attribute_is_supplied(self):
        for name in vars(jupyter_kernel_test.KernelTests):
            if name.startswith(("code_", "complet", "incomplete_", "invalid_", "supported_", "language_", "file_")):
                self.assertTrue(getattr(self, name), f"{name} is empty, so its test would be skipped")


class TestIopubWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = samples.KERNEL
    support_iopub_welcome = True
