"""`upmem-des explore`: what it serves, to whom, and what it refuses."""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest
from pathlib import Path

from program import HAS_PAGE, PROGRAM, SCENARIOS, CliTest, run

HAS_SERVER = os.environ.get("UPMEM_DES_HAS_EXPLORE") != "0"
MAIN = SCENARIOS / "llama-2-7b_4chip.yaml"
needs_server = unittest.skipUnless(HAS_PAGE and HAS_SERVER, "built without the page, or without its server")


class Explored:
    """A server, as a context."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen([PROGRAM, "explore", *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.line = self.process.stdout.readline().decode()
        self.port = int(self.line.split("/")[2].split(":")[1])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()

    def ask(self, method, path, body=None, port=None, **heads):
        """Status, heads and body; heads that are None are not sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"Host": f"127.0.0.1:{self.port}", **({"Content-Type": "application/json"} if body is not None else {}),
                 **{name.replace("_", "-"): text for name, text in heads.items()}}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None and "Transfer-Encoding" not in given:
            given["Content-Length"] = str(len(data))
        for name, text in given.items():
            if text is not None:
                connection.putheader(name, text)
        connection.endheaders(data)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def run(self, choices, **more):
        status, _, text = self.ask("POST", "/api/run", {"page": "p", "choices": choices, **more})
        assert status == 200, text
        return json.loads(text)

    def curve(self, choices, batches):
        status, _, text = self.ask("POST", "/api/curve", {"page": "p", "choices": choices, "batches": batches})
        assert status == 200, text
        return [json.loads(line) for line in text.splitlines()]


def in_shell(command, **options):
    return subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False,
                          env={**os.environ, "PATH": f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}"}, **options)


@needs_server
class ExploreTest(CliTest):
    def test_a_run_is_what_the_command_gives(self):
        with Explored(self.scenario) as server:
            for choices in ({}, {"batch": "3", "dtype": "int8"}, {"device": "H100_80GB_SXM", "prompt_tokens": "9"},
                            {"machine": "gpu_server.yaml", "tp": "2"}):
                answer = server.run(choices)
                done = in_shell(answer["command"] + " --json -")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(json.loads(done.stdout), answer["result"])
        plain = self.result(self.scenario, "--set", "workload.batch=3", "--set", "workload.dtype=int8")
        with Explored(self.scenario) as server:
            self.assertEqual(server.run({"batch": "3", "dtype": "int8"})["result"], plain)

    def test_options_of_the_command_line_go_along(self):
        with Explored(self.scenario, "--set", "workload.batch=5", "--dtype", "int8") as server:
            answer = server.run({})
            self.assertEqual((answer["result"]["batch"], answer["result"]["dtype"]), (5, "int8"))
            self.assertEqual(json.loads(server.ask("GET", "/api/offer")[2])["now"]["batch"], "5")
            self.assertEqual(server.run({"batch": "7"})["result"]["batch"], 7)
            # What is chosen comes after what the command line said.
            self.assertEqual(server.run({"dtype": "float16"})["result"]["dtype"], "float16")

    def test_a_curve_is_what_its_loop_gives(self):
        with Explored(self.scenario) as server:
            first, *points = server.curve({"dtype": "int8"}, [1, 2, 4])
            done = in_shell(first["command"])
            self.assertEqual(done.returncode, 0, done.stderr)
            decoder, text, results = json.JSONDecoder(), done.stdout.decode(), []
            while text.strip():
                result, end = decoder.raw_decode(text.lstrip())
                results.append(result)
                text = text.lstrip()[end:]
            self.assertEqual([point["result"] for point in points], results)
            self.assertEqual([point["batch"] for point in points], [1, 2, 4])

    def test_a_curve_ends_where_devices_are_too_small(self):
        with Explored(MAIN) as server:
            _, *points = server.curve({}, [1, 100000, 200000])
            self.assertEqual([point["batch"] for point in points], [1, 100000])
            self.assertIn("capacity: ", points[1]["error"])

    def test_what_faster_parts_would_gain(self):
        with Explored(self.scenario) as server:
            self.assertEqual([one["what"] for one in server.run({}, what_if=True)["result"]["what_if"]],
                             ["memory", "arithmetic", "links"])

    def test_messages_are_those_of_the_command_and_name_their_control(self):
        with Explored(MAIN) as server:
            for choices, control in (({"batch": "0"}, "batch"), ({"batch": "-1"}, "batch"), ({"batch": "inf"}, "batch"),
                                     ({"batch": "10000000000"}, "batch"), ({"prompt_tokens": "x"}, "prompt_tokens"),
                                     ({"output_tokens": "1.5"}, "output_tokens"), ({"batch": "100000"}, "device"),
                                     ({"machine": "gpu_server.yaml", "tp": "16"}, "tp")):
                answer = server.run(choices)
                self.assertEqual(answer["control"], control, answer)
                done = in_shell(answer["command"])
                self.assertEqual(done.stderr.decode(), f"upmem-des: error: {answer['error']}\n")
                self.assertEqual(done.returncode, answer["code"])
            self.assertIn("result", server.run({"batch": "100000"}, allow_overflow=True))

    def test_a_scenario_that_changes_is_read_anew(self):
        with Explored(self.scenario) as server:
            before = server.run({})["result"]["batch"]
            self.scenario.write_text(self.scenario.read_text().replace("batch: 2", "batch: 6"))
            self.assertEqual((before, server.run({})["result"]["batch"]), (2, 6))
            self.scenario.write_text("no scenario")
            self.assertIn("small.yaml", json.loads(server.ask("GET", "/api/offer")[2])["error"])

    def test_a_trace_is_explored_without_a_model(self):
        trace = self.folder / "t.jsonl"
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", 4, "--output-tokens", 2, "-o", trace)
        scenario = self.write("trace.yaml", "workload: { trace: t.jsonl }\nmapping: { default: PIM-AI-4chip }\n")
        with Explored(scenario) as server:
            self.assertFalse(json.loads(server.ask("GET", "/api/offer")[2])["has_model"])
            self.assertIn("result", server.run({"device": "H100_80GB_SXM"}))
            self.assertEqual(server.run({"model": "models/gpt2.json"})["control"], "model")

    def test_a_newer_request_of_a_page_makes_the_older_one_obsolete(self):
        scenario = self.small(workload="{ model: model.json, prompt_tokens: 64, output_tokens: 100000000 }")
        with Explored(scenario, "--set", "simulation.segments=false") as server:
            # With a change what was asked beside the older run is obsolete, too.
            for more in ({}, {"what_if": True}):
                answers = []
                older = threading.Thread(target=lambda more=more, answers=answers: answers.append(server.run({}, **more)))
                older.start()
                time.sleep(1)
                self.assertIn("result", server.run({"output_tokens": "2"}))
                older.join(60)
                self.assertEqual(answers, [{"obsolete": True}])

    def test_a_run_has_a_limit(self):
        scenario = self.small(workload="{ model: model.json, prompt_tokens: 64, output_tokens: 100000000 }")
        with Explored(scenario, "--set", "simulation.segments=false", "--limit", 1) as server:
            self.assertEqual(server.run({})["error"],
                             "the run took longer than allowed; expected a smaller one, or explore --limit")


@needs_server
class ExploreSafetyTest(CliTest):
    def setUp(self):
        super().setUp()
        self.server = Explored(self.scenario)
        self.addCleanup(self.server.__exit__)

    def status(self, method, path, body=None, **heads):
        return self.server.ask(method, path, body, **heads)[0]

    def test_other_names_and_sites_are_not_answered(self):
        body = {"page": "p"}
        self.assertEqual(self.status("POST", "/api/run", body, Origin=f"http://127.0.0.1:{self.server.port}"), 200)
        self.assertEqual(self.status("GET", "/", Host=f"localhost:{self.server.port}"), 200)
        for host in ("evil.example", f"evil.example:{self.server.port}", "127.0.0.1", "127.0.0.1:1"):
            self.assertEqual(self.status("GET", "/", Host=host), 403, host)
            self.assertEqual(self.status("GET", "/api/offer", Host=host), 403, host)
            self.assertEqual(self.status("POST", "/api/run", body, Host=host), 403, host)
        for origin in ("http://evil.example", "null", f"https://127.0.0.1:{self.server.port}"):
            self.assertEqual(self.status("POST", "/api/run", body, Origin=origin), 403, origin)

    def test_bodies_are_small_plain_json(self):
        body = b'{"page": "p"}'
        for kind in (None, "text/plain", "application/x-www-form-urlencoded"):
            self.assertEqual(self.status("POST", "/api/run", body, Content_Type=kind), 415, kind)
        self.assertEqual(self.status("POST", "/api/run", b"0\r\n\r\n", Transfer_Encoding="chunked"), 411)
        self.assertEqual(self.status("POST", "/api/run", body, Content_Encoding="gzip"), 415)
        self.assertEqual(self.status("POST", "/api/run", b'{"page": "p"' + b" " * 16384 + b"}"), 413)
        self.assertEqual(self.status("POST", "/api/run", b"{"), 400)
        self.assertEqual(self.status("POST", "/api/run", {"page": "p", "choices": {"architectures": "/etc/passwd"}}), 400)
        self.assertEqual(self.status("PUT", "/api/run", body), 405)

    def test_nothing_but_four_paths(self):
        for path in ("/api", "/api/run", "/../../etc/passwd", "/index.html", "//", "/etc/passwd"):
            self.assertEqual(self.status("GET", path), 404, path)

    def test_files_are_named_by_the_catalogue_alone(self):
        for control, text in (("model", "/etc/passwd"), ("model", "../model.json"), ("machine", str(self.scenario)),
                              ("device", "/etc/passwd"), ("device", "H100_80GB_SXM,t\nplatform: x")):
            status, _, answer = self.server.ask("POST", "/api/run", {"page": "p", "choices": {control: text}})
            self.assertIn(status, (200, 400))
            self.assertIn("error", json.loads(answer), text)
            self.assertNotIn("root:", answer)

    def test_a_body_that_is_refused_is_no_request(self):
        inner = f"GET /api/offer HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as connection:
            connection.sendall(b"POST /api/run HTTP/1.1\r\nHost: evil.example\r\nContent-Type: text/plain\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(inner) + inner)
            text = b""
            try:
                while more := connection.recv(65536):
                    text += more
            except ConnectionResetError:
                pass
        self.assertEqual(text.count(b"HTTP/1.1 "), 1)
        self.assertNotIn(b"upmem-des-explore", text)

    def test_heads_keep_the_page_to_itself(self):
        _, heads, page = self.server.ask("GET", "/")
        self.assertEqual((heads["X-Frame-Options"], heads["X-Content-Type-Options"], heads["Cache-Control"]),
                         ("DENY", "nosniff", "no-store"))
        self.assertIsNone(heads["Access-Control-Allow-Origin"])
        self.assertIn("default-src 'none'", page)
        self.assertNotIn("http://evil", page)

    def test_it_listens_on_loopback_alone(self):
        port = f"{self.server.port:04X}"
        listening = [line.split()[1] for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
                     if line.split()[3] == "0A" and line.split()[1].endswith(":" + port)]
        self.assertEqual(listening, ["0100007F:" + port])


class ExploreCommandTest(CliTest):
    @needs_server
    def test_it_says_where_and_ends_by_control_c_with_all_it_has_started(self):
        with Explored(self.scenario) as server:
            self.assertEqual(server.line, f"http://127.0.0.1:{server.port}/ explores {self.scenario}; Ctrl-C ends it\n")
            pid = server.process.pid
            threads = os.listdir(f"/proc/{pid}/task")
            children = [int(child) for thread in threads
                        for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()]
            self.assertEqual(len(children), 1)
            server.process.send_signal(signal.SIGINT)
            _, err = server.process.communicate(timeout=30)
            self.assertEqual((server.process.returncode, err), (-signal.SIGINT, b""))  # 130 in a shell
            until = time.monotonic() + 30
            while os.path.exists(f"/proc/{children[0]}") and time.monotonic() < until:
                time.sleep(0.05)
            self.assertFalse(os.path.exists(f"/proc/{children[0]}"))

    @needs_server
    def test_a_port_that_is_taken(self):
        with Explored(self.scenario) as server:
            self.refused("explore", self.scenario, "--port", server.port, saying=(
                f"--port: {server.port} cannot be listened to on 127.0.0.1: it is taken, or not allowed; expected another one, "
                "or 0 for any that is free"))

    def test_ports_and_limits(self):
        for bad in ("-1", "65536", "x", "1.5", "inf", ""):
            self.refused("explore", self.scenario, f"--port={bad}", saying="--port")
        for bad in ("0", "-1", "x", "1e9", "1000001"):
            self.refused("explore", self.scenario, f"--limit={bad}", saying=f"--limit: '{bad}'; expected a whole number from 1 to ")

    @needs_server
    def test_scenarios_that_are_not_explored(self):
        self.refused("explore", saying="SCENARIO is required")
        self.refused("explore", "nowhere.yaml", saying="nowhere.yaml")
        self.refused("explore", "-", saying="SCENARIO: '-' is standard input; expected a file, which is read anew for every run")
        self.refused("explore", SCENARIOS / "serving" / "one_gpu.yaml",
                     saying="workload.requests: is not explored; expected one batch, or upmem-des run")
        profiled = self.small(workload="{ model: model.json, profile: true, prompt_tokens: 4, output_tokens: 2 }")
        self.refused("explore", profiled, saying="workload: is profiled anew for every run; expected a model that is not")

    @unittest.skipIf(HAS_PAGE, "built with the page")
    def test_without_the_page(self):
        self.refused("explore", self.scenario, saying="this program was built without the page (UPMEM_DES_PAGE)")

    @unittest.skipIf(not HAS_PAGE or HAS_SERVER, "built with the server, or without the page")
    def test_without_the_server(self):
        self.refused("explore", self.scenario, saying="-DUPMEM_DES_EXPLORE=ON")

    def test_completions_and_manual_know_it(self):
        self.assertIn("explore", run("completion", "bash").out)
        self.assertIn(r"\-\-port", run("man", "explore").out)


if __name__ == "__main__":
    unittest.main()
