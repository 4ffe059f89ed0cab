using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Values;

/// <summary>One element of an instant vector: a float, or a native histogram where <paramref name="Histogram"/> is set.</summary>
/// <param name="Labels">The labels, the metric name among them if it is still there.</param>
/// <param name="Time">Unix milliseconds; the time of the query, not of the stored sample.</param>
/// <param name="Value">The float; without meaning where there is a histogram.</param>
/// <param name="Histogram">The histogram; it is shared and must not be changed.</param>
public readonly record struct VectorSample(Labels Labels, long Time, double Value, FloatHistogram? Histogram = null);
