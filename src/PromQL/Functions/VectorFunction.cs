using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Computes the rows of a call on its whole grid. The engine joins rows that come out with the same labels.</summary>
internal delegate List<Row> VectorFunction(VectorCall call);
