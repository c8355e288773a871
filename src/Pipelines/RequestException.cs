namespace CogVideoX.Pipelines;

/// <summary>A request that can't be carried out, found before anything heavy started.</summary>
/// <param name="option">The option in the words of the command line, without dashes: <c>width</c>, <c>prompt</c>.</param>
/// <param name="problem">What is wrong and what would work.</param>
public sealed class RequestException(string option, string problem, Exception? inner = null) : Exception($"{option}: {problem}", inner)
{
    /// <summary>The option, such as <c>width</c>.</summary>
    public string Option { get; } = option;

    /// <summary>The message without the option's name.</summary>
    public string Problem { get; } = problem;
}
