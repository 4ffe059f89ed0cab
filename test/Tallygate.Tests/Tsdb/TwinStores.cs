using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Tsdb;

/// <summary>A database and its simple twin, which get the same samples and must give the same answers.</summary>
internal sealed class TwinStores(Database database) : IDisposable
{
    private readonly InMemoryStorage _twin = new(allowOutOfOrder: true);
    private Database _database = database;

    public void Put(string name, long time, double value) => Put(name, (appender, labels) =>
    {
        SeriesRef reference = default;
        return appender.Append(ref reference, labels, time, value);
    });

    public void Put(string name, long time, FloatHistogram histogram) => Put(name, (appender, labels) =>
    {
        SeriesRef reference = default;
        return appender.Append(ref reference, labels, time, histogram.Copy());
    });

    public void Reopen(Func<Database> open)
    {
        _database.Dispose();
        _database = open();
    }

    public void AssertEqual()
    {
        var (all, wanted) = (StorageReading.All(_database), StorageReading.All(_twin));
        Assert.Equal(wanted.Select(s => s.Labels), all.Select(s => s.Labels));
        foreach (var (series, twin) in all.Zip(wanted))
        {
            Assert.Equal(twin.Samples.Select(s => (s.Time, s.Value, s.Histogram?.Count)), series.Samples.Select(s => (s.Time, s.Value, s.Histogram?.Count)));
        }
    }

    public void Dispose() => _database.Dispose();

    private void Put(string name, Func<IAppender, Labels, AppendStatus> put)
    {
        var labels = Labels.Of("__name__", name);
        using var one = _database.Appender();
        using var other = _twin.Appender();
        Assert.Equal(put(other, labels), put(one, labels));
        one.Commit();
        other.Commit();
    }
}
