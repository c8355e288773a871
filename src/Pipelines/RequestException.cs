namespace CogVideoX.Pipelines;

/// <summary>A request that can't be carried out, found before anything heavy started.</summary>
/// <param name="property">The property of the request, or the parameter of the method, that is wrong: <c>Width</c>, <c>Prompt</c>.</param>
/// <param name="problem">What is wrong and what would work.</param>
/// <param name="inner">What it came from.</param>
public sealed class RequestException(string property, string problem, Exception? inner = null)
    : CogVideoXException($"{property}: {problem}", inner)
{
    /// <summary>The property of the request, or the parameter of the method, such as <c>Width</c>.</summary>
    public string Property { get; } = property;

    /// <summary>The message without the property's name.</summary>
    public string Problem { get; } = problem;

    /// <summary>Whether it is that more memory is needed than there is.</summary>
    internal bool IsOfMemory { get; init; }
}
