using Tallygate.Model;

namespace Tallygate.PromQL.Functions;

/// <summary>
/// Reduces one window, which has at least one sample, to a float. <see cref="StaleMarker.Value"/> stands for no result, or for a histogram
/// where <see cref="RangeCall.Histogram"/> is set.
/// </summary>
internal delegate double RangeFunction(in Window window, RangeCall call);
