using System.Text.Json.Nodes;

namespace CogVideoX.Pipelines;

/// <summary>One member of <see cref="GenerationSettings"/>: what it is called outside, and how it is read, decided and checked.</summary>
internal sealed class Setting
{
    private readonly Func<GenerationSettings, object?> get;
    private readonly Func<GenerationSettings, object, GenerationSettings> set;

    /// <param name="property">The member's name.</param>
    /// <param name="name">Its name in files and on the command line.</param>
    /// <param name="type">Its type: a number, a text, true or false, a <see cref="Media.FrameRate"/>, or an enum.</param>
    /// <param name="get">Reads it; null where nothing is given.</param>
    /// <param name="set">A copy of the settings with another value.</param>
    internal Setting(
        string property, string name, Type type,
        Func<GenerationSettings, object?> get, Func<GenerationSettings, object, GenerationSettings> set)
    {
        (Property, Name, Type, this.get, this.set) = (property, name, type, get, set);
    }

    /// <summary>The name of the member, such as <c>GuidanceScale</c>.</summary>
    public string Property { get; }

    /// <summary>The name in metadata and on the command line, such as <c>guidance-scale</c>.</summary>
    public string Name { get; }

    /// <summary>Its type, without null.</summary>
    public Type Type { get; }

    /// <summary>Whether it stands among the settings of a file, rather than beside them as prompt and seed do.</summary>
    internal bool IsInList { get; init; } = true;

    /// <summary>Whether a file without it is damaged: true of those that every file has had from the first version on.</summary>
    internal bool IsInEveryFile { get; init; }

    /// <summary>The value that files leave out: that of a setting which is rarely used; null where they leave out none.</summary>
    internal object? LeftOutOfFiles { get; init; }

    /// <summary>What it is where nobody says; null where somebody has to.</summary>
    internal Func<LoadedModel, object?>? Default { get; init; }

    /// <summary>Throws <see cref="RequestException"/> where this model can't do the value.</summary>
    internal Action<object, LoadedModel>? Check { get; init; }

    /// <summary>The same for what depends on other settings.</summary>
    internal Action<object, GenerationSettings, LoadedModel>? CheckBeside { get; init; }

    /// <summary>Whether it may stay null: it belongs to some tasks only, or changes nothing where it isn't given.</summary>
    internal bool IsOptional { get; init; }

    /// <summary>Its value; null where nothing is given.</summary>
    internal object? Of(GenerationSettings settings) => get(settings);

    internal GenerationSettings With(GenerationSettings settings, object value) => set(settings, value);

    /// <summary>The settings with this one read from a text, as on a command line.</summary>
    /// <exception cref="FormatException">The text is something else; the message says what would be right.</exception>
    public GenerationSettings WithText(GenerationSettings settings, string text) => set(settings, SettingValue.FromText(Type, text));

    /// <summary>The same from JSON.</summary>
    /// <exception cref="FormatException">The value is something else; the message names setting and value.</exception>
    internal GenerationSettings WithJson(GenerationSettings settings, JsonNode value) =>
        set(settings, SettingValue.FromJson(Type, Name, value));

    /// <summary>Its value as JSON; null where nothing is given.</summary>
    internal JsonNode? ToJson(GenerationSettings settings) => get(settings) is { } value ? SettingValue.ToJson(value) : null;

    /// <summary>Whether it stands in a file with these settings.</summary>
    internal bool IsKept(GenerationSettings settings) =>
        IsInList && (Of(settings) is { } value ? !value.Equals(LeftOutOfFiles) : !IsOptional);

    /// <summary>Fills in what is left open, and checks it.</summary>
    /// <exception cref="RequestException">A value that this model can't do.</exception>
    internal GenerationSettings Decide(GenerationSettings settings, LoadedModel model)
    {
        if (get(settings) is null && Default?.Invoke(model) is { } usual)
            settings = set(settings, usual);
        object? value = get(settings);
        if (value is null && IsOptional)
            return settings;
        if (value is null)
            throw new RequestException(Property, "it is null; it has to be given.");
        if (Type.IsEnum && !Enum.IsDefined(Type, value))
            throw new RequestException(Property, $"{value} is none of {string.Join(", ", Enum.GetNames(Type))}.");
        Check?.Invoke(value, model);
        CheckBeside?.Invoke(value, settings, model);
        return settings;
    }
}
