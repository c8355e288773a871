namespace CogVideoX.Pipelines;

/// <summary>Members of settings that have been decided: none of them is open any more.</summary>
internal static class DecidedSettings
{
    /// <exception cref="InvalidOperationException">It hasn't been decided.</exception>
    public static T Decided<T>(this T? value) where T : struct => value ?? throw Open<T>();

    /// <inheritdoc cref="Decided{T}(T?)"/>
    public static T Decided<T>(this T? value) where T : class => value ?? throw Open<T>();

    private static InvalidOperationException Open<T>() => new($"A setting of type {typeof(T).Name} is open; only a plan's are decided.");
}
