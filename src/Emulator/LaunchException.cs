namespace CogVideoX.Emulator;

/// <summary>
/// A launch that doesn't fit its kernel: no such entry or buffer, other parameters, a tensor map that no driver would make.
/// </summary>
public sealed class LaunchException : EmulatorException
{
    internal LaunchException(string problem)
        : base($"{char.ToUpperInvariant(problem[0])}{problem[1..]}.") => Problem = problem;

    /// <summary>What is wrong, to stand after the place where it was found.</summary>
    internal string Problem { get; }
}
