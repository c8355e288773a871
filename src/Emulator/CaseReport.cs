using System.Globalization;

namespace CogVideoX.Emulator;

/// <summary>What became of a case.</summary>
/// <param name="Passed">everything is as the file says, a planted fault included</param>
/// <param name="Complaint">why not</param>
/// <param name="Time">for the launch and the comparison</param>
public sealed record CaseReport(string Name, bool Passed, string? Complaint, LaunchReport Launch, TimeSpan Time)
{
    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        string verdict = Passed ? Launch.Fault is { } fault ? $"found: {fault}" : "as expected" : $"WRONG: {Complaint}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(Passed ? "ok  " : "FAIL")} {Printable.Name(Name),-34} {Time.TotalMilliseconds,8:F1} ms  {verdict}");
    }
}
