namespace CogVideoX.Cli;

/// <summary>A command line that can't be carried out, found by the command line itself.</summary>
/// <param name="option">The option, such as <c>--threads</c>, or the argument, such as <c>prompt</c>.</param>
/// <param name="problem">What is wrong and what would work.</param>
/// <param name="inner">What it came from.</param>
internal sealed class UsageException(string option, string problem, Exception? inner = null) : Exception($"{option}: {problem}", inner);
