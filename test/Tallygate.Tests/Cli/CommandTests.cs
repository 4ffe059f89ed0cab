namespace Tallygate.Tests.Cli;

/// <summary>What the commands say and how they end.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--help", "usage: tallygate [COMMAND]")]
    [InlineData("--version", "tallygate, version ")]
    [InlineData("serve --help", "--web.listen-address")]
    [InlineData("demo --help", "usage: tallygate demo")]
    [InlineData("push --help", "usage: tallygate push")]
    [InlineData("exec --help", "usage: tallygate exec")]
    [InlineData("spool --help", "usage: tallygate spool")]
    [InlineData("groups --help", "usage: tallygate groups")]
    [InlineData("query --help", "usage: tallygate query")]
    [InlineData("check --help", "usage: tallygate check")]
    [InlineData("test --help", "usage: tallygate test")]
    public async Task Help_goes_to_the_output_and_is_no_error(string command, string says)
    {
        var (code, output, error) = await TallygateProgram.RunAsync(command.Split(' '));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(says, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate", "expected command but got \"frobnicate\"")]
    [InlineData("--no.such-flag", "unknown long flag '--no.such-flag'")]
    [InlineData("serve --no.such-flag", "unknown long flag '--no.such-flag'")]
    [InlineData("serve --query.timeout=x", "query.timeout")]
    [InlineData("demo --frob", "unknown flag or argument '--frob'")]
    [InlineData("demo --promtool-test", "expected argument for flag '--promtool-test'")]
    [InlineData("push", "a push needs a job")]
    [InlineData("push --job=j --label=x", "'x' is no label")]
    [InlineData("push --job=j --job=k", "flag '--job' is given twice")]
    [InlineData("push --job=j --run-state=finished", "needs --run-id")]
    [InlineData("push --job=j --method=patch", "put, post or delete")]
    [InlineData("push --job=j --time=soon", "--time is RFC 3339 or Unix seconds")]
    [InlineData("push --job=j --header=Authorization:x", "credentials do not belong in a header")]
    [InlineData("push --job=j /no/such/file", "cannot read /no/such/file")]
    [InlineData("exec --job=j", "the command is missing")]
    [InlineData("exec --job=j true -- true", "the command stands after --")]
    [InlineData("spool frob", "expected \"spool list\"")]
    [InlineData("groups frob", "expected \"groups list\"")]
    [InlineData("groups list --dry-run", "unknown long flag '--dry-run'")]
    [InlineData("groups delete --url=http://127.0.0.1:1 --match=x", "cannot ask http://127.0.0.1:1")]
    [InlineData("query sideways up", "expected \"query instant EXPR\"")]
    [InlineData("query instant", "the expression is missing")]
    [InlineData("query instant --frob=1 up", "unknown long flag '--frob=1'")]
    [InlineData("query instant --url=http://127.0.0.1:1 up", "cannot ask http://127.0.0.1:1")]
    [InlineData("check nothing x", "expected \"check config FILE")]
    [InlineData("test promql", "expected \"test promql FILE")]
    public async Task Wrong_use_is_an_error_on_the_error_stream(string command, string says)
    {
        var (code, output, error) = await TallygateProgram.RunAsync(command.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("tallygate: error: ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Scripts_that_pass_and_fail_are_told_apart_with_line_and_reason()
    {
        var good = Write("good.test", "load 1m\n  m 1 2 3\n\neval instant at 1m m\n  m 2\n");
        var bad = Write("bad.test", "load 1m\n  m 1 2 3\n\neval instant at 1m m\n  m 7\n\neval instant at 2m m\n  m 3\n");
        var broken = Write("broken.test", "load 1m\n  m 1 2 3\n\nevaluate m\n");

        Assert.Equal((0, $"{good}: 1 passed\n1 passed, 0 failed\n", ""), await TallygateProgram.RunAsync("test", "promql", good));
        var (code, output, _) = await TallygateProgram.RunAsync("test", "promql", good, bad, broken, Path.Combine(_folder, "none.test"));
        Assert.Equal(1, code);
        Assert.Contains($"{good}: 1 passed\n{bad}: 1 passed, 1 FAILED\n  {bad}:4: m\n    ", output, StringComparison.Ordinal);
        Assert.Contains($"  {broken}:4: ", output, StringComparison.Ordinal);
        Assert.Contains("none.test: 0 passed, 1 FAILED\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\n2 passed, 3 failed\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_checked_with_file_line_and_column()
    {
        var rules = Write("rules.yml", "groups: [{name: g, rules: [{record: r, expr: up}]}]\n");
        var config = Write("prometheus.yml", "rule_files: [rules.yml]\n");
        var bad = Write("bad.yml", "groups:\n- name: g\n  rules:\n  - record: r\n    expr: sum(\n");
        Assert.Equal(0, (await TallygateProgram.RunAsync("check", "rules", rules)).Code);
        Assert.Equal(0, (await TallygateProgram.RunAsync("check", "config", config)).Code);

        var (code, output, error) = await TallygateProgram.RunAsync("check", "rules", rules, bad);
        Assert.Equal(1, code);
        Assert.Contains("SUCCESS: 1 rules found", output, StringComparison.Ordinal);
        Assert.Contains($"{bad}:5:", error, StringComparison.Ordinal);

        Write("prometheus.yml", "rule_files: [bad.yml]\n");
        (code, _, error) = await TallygateProgram.RunAsync("check", "config", config);
        Assert.Equal(1, code);
        Assert.Contains("bad.yml:5:", error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
