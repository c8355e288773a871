using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// Numbers by their keys in the <c>network_config</c> of a SAT configuration. It reads lines of <c>key: number</c> and nothing else of
/// YAML: half a dozen sizes are needed, and each has a key of its own there.
/// </summary>
internal sealed partial class SatNumbers
{
    private const long MaxBytes = 1 << 20;

    private readonly string path;
    private readonly Dictionary<string, string> values = [];

    private SatNumbers(string path, string text)
    {
        this.path = path;
        int block = -1; // how far 'network_config' is indented, while it goes on
        foreach (string line in text.Split('\n'))
        {
            if (Line().Match(line) is not { Success: true } match)
                continue;
            int indent = match.Groups[1].Length;
            string key = match.Groups[2].Value, value = match.Groups[3].Value;
            if (indent <= block)
                block = -1;
            if (block < 0)
                block = key == "network_config" ? indent : -1;
            else if (value.Length > 0 && !values.TryAdd(key, value) && values[key] != value)
                values[key] = ""; // not one value, and only wrong where it is asked for
        }
    }

    /// <exception cref="ConfigException">It can't be read, or isn't UTF-8.</exception>
    public static SatNumbers Read(string path)
    {
        try
        {
            if (FileStatus.OtherThanFile(path) is { } other)
                throw new ConfigException($"{path} is {other}; a file is needed here.");
            if (FileLength.Of(path) > MaxBytes)
                throw new ConfigException($"{path} has more than {MaxBytes} bytes. Download it again.");
            return new SatNumbers(path, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ConfigException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    /// <exception cref="ConfigException">It isn't there, or no such number.</exception>
    public int Int(string key, int max, int? absent = null) => (int)Number(key, 1, max, absent, NumberStyles.None);

    /// <inheritdoc cref="Int"/>
    public double Double(string key, double max, double absent) => Number(key, 1e-3, max, absent, NumberStyles.AllowDecimalPoint);

    private double Number(string key, double min, double max, double? absent, NumberStyles styles)
    {
        if (!values.TryGetValue(key, out string? text))
            return absent ?? throw new ConfigException($"{path} has no '{key}' in its network_config. Use that of this model.");
        return double.TryParse(text, styles, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max
            ? value
            : throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"{path}: '{key}' is {Quoted.Name(text)}; it should be a number up to {max}."));
    }

    [GeneratedRegex("^( *)(?:- )?([A-Za-z_]+):[ \t]*([^ \t\r#]*)")]
    private static partial Regex Line();
}
