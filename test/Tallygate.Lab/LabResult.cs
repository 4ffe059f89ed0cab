namespace Tallygate.Lab;

/// <summary>What one history came to.</summary>
/// <param name="Truth">The sum over all ended runs of what they brought.</param>
/// <param name="Values">How many values that sum has.</param>
/// <param name="BookedValues">How many samples <c>:pushed</c> has.</param>
/// <param name="Answers">What each of <see cref="Methods.All"/> says.</param>
internal sealed record LabResult(int Seed, int Pushes, int Crashes, double Truth, long Values, double BookedValues, IReadOnlyList<double> Answers)
{
    /// <summary>Whether <c>:pushed</c> is right in sum and count, and the running total is, too.</summary>
    public bool Exact => Answers[Methods.Pushed] == Truth && BookedValues == Values && Answers[Methods.Total] == Truth;
}
