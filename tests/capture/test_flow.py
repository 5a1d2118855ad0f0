"""What a captured event waits for: whoever wrote what it reads."""

import unittest

from captured import CaptureTest, torch
from nets import Calls
from torch import nn
from torch.nn import functional


def linears(*names):
    return {name: nn.Linear(4, 4) for name in names}


class Flow(CaptureTest):
    def waits(self, function, *inputs, passes=1, layers=("a", "b", "c", "d"), **options):
        """`deps` of a network of linear layers a, b, c, d that calls them as `function` does."""
        model = Calls(function, **linears(*layers))
        inputs = inputs or (torch.randn(2, 4),)
        self.captured(model, lambda: [model(*inputs) for _ in range(passes)], **options)
        return self.deps

    def test_branches_wait_for_what_they_read(self):
        def run(net, x):
            x = net.a(x)
            return functional.softmax(net.b(x) + net.c(x), -1)
        self.assertEqual(self.waits(run), [None, [0], [0], [1, 2]])
        # With all functions the sum is one, and the softmax waits for it.
        self.assertEqual(self.waits(run, functions="all"), [None, [0], [0], [1, 2], [3]])

    def test_what_reads_only_inputs_and_parameters_waits_for_nothing(self):
        self.assertEqual(self.waits(lambda net, x: (net.a(x), net.b(x), net.c(net.a.weight))), [None, [], []])

    def test_a_pass_waits_for_the_ends_of_the_one_before(self):
        def run(net, x):
            return net.b(x), net.d(net.c(x))
        # b and d are waited for by nobody of their pass.
        self.assertEqual(self.waits(run, passes=2), [None, [], [1], [0, 2], [0, 2], [4]])

    def test_views_share_what_was_written(self):
        def run(net, x):
            x = net.a(x)
            first, second = x[:1], x.view(4, 2).reshape(-1, 4).t().t()[1:]
            return torch.matmul(first, second.t())
        self.assertEqual(self.waits(run), [None, [0]])

    def test_functions_that_are_left_out_pass_on_their_inputs_writers(self):
        def run(net, x):
            a, b = net.a(x), net.b(x)
            joined = torch.stack([a, b]).sum(0)
            return net.c(joined.clone()), net.d(torch.zeros_like(joined))
        self.assertEqual(self.waits(run), [None, [], [0, 1], []])

    def test_a_stream_is_waited_for_by_its_last_writer(self):
        def run(net, x):
            x = net.a(x)
            x = x + net.b(x)
            x = x + net.c(x)
            return net.d(x)
        self.assertEqual(self.waits(run), [None, [0], [1], [2]])
        self.assertEqual(self.waits(run, functions="all"), [None, [0], [0, 1], [2], [2, 3], [4]])

    def test_an_operation_in_place_is_the_writer(self):
        def run(net, x):
            a = net.a(x)
            view = a[0]
            functional.relu(a, inplace=True)
            return net.b(view)
        self.assertEqual(self.waits(run), [None, [0], [1]])

        def assigned(net, x):
            buffer = torch.zeros(4, 4)
            buffer[:2] = net.a(x)
            buffer[2:].copy_(net.b(x))
            buffer += 1
            return net.c(buffer)
        self.assertEqual(self.waits(assigned), [None, [], [0, 1]])
        self.assertNotIn("__setitem__", vars(torch.Tensor))

        def chosen(net, x):
            return net.b(net.a(x)[torch.tensor([True, False])])
        self.assertEqual(self.waits(chosen), [None, [0]])

        def out(net, x):
            buffer = torch.zeros(2, 4)
            torch.add(net.a(x), net.b(x), out=buffer)
            return net.c(buffer)
        self.assertEqual(self.waits(out), [None, [], [0, 1]])

    def test_memory_that_is_used_again_belongs_to_who_uses_it(self):
        def run(net, x):
            for _ in range(20):
                net.a(x)  # freed at once
                fresh = torch.ones(2, 4)
                net.b(fresh)
                del fresh
            return x
        self.assertEqual(self.waits(run), [None] + [[]] * 39)

    def test_a_cache_is_no_dependency_of_later_passes(self):
        cache = []

        def run(net, x):
            cache.append(net.a(x))
            return net.b(torch.cat(cache))
        self.assertEqual(self.waits(run, passes=3), [None, [0], [1], [2], [3], [4]])

    def test_layers_of_many_tensors(self):
        class Twice(nn.Module):
            def forward(self, x):
                return x + 1, (x + 2, {"last": x + 3})
        model = Calls(lambda net, x: net.head(net.twice(x)[1][1]["last"]), twice=Twice(), head=nn.Linear(4, 4))
        self.captured(model, lambda: model(torch.randn(2, 4)))
        self.assertEqual(self.deps, [None, [0]])

        class Pair(nn.Module):
            def forward(self, first, second=None):
                return {"sum": first + second}
        model = Calls(lambda net, x: net.pair(net.a(x), second=net.b(x))["sum"] @ net.c(x).t(), pair=Pair(),
                      **linears("a", "b", "c"))
        self.captured(model, lambda: model(torch.randn(2, 4)))
        self.assertEqual(self.deps, [None, [], [0, 1], [], [2, 3]])

    def test_a_meta_model(self):
        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)).to("meta")
        self.captured(model, lambda: model(torch.empty(2, 4, device="meta")))
        self.assertEqual(self.deps, [None, [0], [1]])

    def test_a_pass_that_fails_leaves_nothing(self):
        model = Calls(lambda net, x, fail: net.b(x) if not fail else [net.a(x), 1 / 0], **linears("a", "b"))

        def run():
            with self.assertRaises(ZeroDivisionError):
                model(torch.randn(2, 4), True)
            model(torch.randn(2, 4), False)
        self.assertEqual(len(self.captured(model, run)[1]), 1)


if __name__ == "__main__":
    unittest.main()
