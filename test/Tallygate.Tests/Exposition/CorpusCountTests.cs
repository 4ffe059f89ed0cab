using Tallygate.Testing;
using Tallygate.Tests.Server;

namespace Tallygate.Tests.Exposition;

/// <summary>Every corpus of the exposition formats and of pushes as a whole: how many of its cases pass, told in the test's output.</summary>
public sealed class CorpusCountTests
{
    [Fact]
    public void Every_case_of_the_exposition_corpora_passes()
    {
        Assert.SkipWhen(Corpora.PathOf("exposition") is null, "the corpora are not here");
        var push = new PushTextParserTests();
        var scrape = new ScrapeReaderTests();
        var openMetrics = new PushOpenMetricsTests();
        Count("text/families-good", PushTextParserTests.Good.Select(r => r.Data), c => push.Reads_the_good_corpus(c.Item1, c.Item2));
        Count("text/families-bad", PushTextParserTests.Bad.Select(r => r.Data), c => push.Refuses_the_bad_corpus_with_upstreams_words(c.Item1, c.Item2));
        Count("scrape-docs", ScrapeReaderTests.Documents.Select(r => r.Data), c => scrape.Reads_the_documents_of_the_corpus(c.Item1, c.Item2));
        Count("scrape-lines", ScrapeReaderTests.Lines.Select(r => r.Data), c => scrape.Accepts_and_refuses_the_lines_of_the_corpus(c.Item1, c.Item2));
        Count("docs", ScrapeReaderTests.RealDocuments.Select(r => r.Data), c => scrape.Reads_every_sample_of_real_documents(c.Item1, c.Item2));
        Count("openmetrics suite, as strict as Prometheus", ScrapeReaderTests.Suite.Select(r => r.Data), c => scrape.Is_as_strict_about_openmetrics_as_prometheus(c.Item1, c.Item2));
        Count("openmetrics/good, pushed", PushOpenMetricsTests.GoodFiles.Select(r => r.Data), openMetrics.Takes_the_good_files_of_the_suite);
        Count("openmetrics/bad, pushed, as strict as the specification", PushOpenMetricsTests.BadFiles.Select(r => r.Data), openMetrics.Refuses_the_bad_files_of_the_suite_and_says_where);
    }

    [Fact]
    public async Task Every_case_of_the_push_corpus_passes()
    {
        Assert.SkipWhen(Corpora.PathOf("push/push-cases.jsonl") is null, "the corpora are not here");
        var passed = 0;
        var failed = new List<string>();
        foreach (var name in PushCorpusTests.Cases().Select(r => r.Data))
        {
            try
            {
                await new PushCorpusTests().Behaves_as_the_corpus_says(name);
                passed++;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failed.Add(name + ": " + failure.Message);
            }
        }

        Report("push/push-cases", passed, failed);
    }

    private static void Count<T>(string corpus, IEnumerable<T> cases, Action<T> check)
    {
        var passed = 0;
        var failed = new List<string>();
        foreach (var one in cases)
        {
            try
            {
                check(one);
                passed++;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failed.Add(one + ": " + failure.Message);
            }
        }

        Report(corpus, passed, failed);
    }

    private static void Report(string corpus, int passed, List<string> failed)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"{corpus}: {passed} of {passed + failed.Count} cases pass");
        Assert.Empty(failed);
    }
}
