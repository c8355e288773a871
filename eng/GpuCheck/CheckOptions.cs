using System.Globalization;
using CogVideoX.GpuCheck.Cases;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck;

/// <summary>What the command line says.</summary>
internal sealed class CheckOptions
{
    private readonly Dictionary<string, string> values = [];

    /// <param name="arguments">The part's name, then <c>--name value</c> and <c>--tiny</c>.</param>
    /// <exception cref="ArgumentException">Something else.</exception>
    public CheckOptions(string[] arguments)
    {
        Part = arguments[0];
        for (int i = 1; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name == "--tiny")
                IsTiny = true;
            else if (name.StartsWith("--", StringComparison.Ordinal) && i + 1 < arguments.Length)
                values[name[2..]] = arguments[++i];
            else
                throw new ArgumentException($"'{name}' is no option with a value.");
        }
    }

    /// <summary>What to do.</summary>
    public string Part { get; }

    /// <summary>Whether the emulator can do it in a few minutes.</summary>
    public bool IsTiny { get; }

    /// <summary>As <c>GpuDevices.Find</c> knows it.</summary>
    public string Device => Text("device", "gpu");

    /// <summary>Where results go, and a report of them.</summary>
    public string Out => Text("out", ".");

    /// <summary>Where parts leave files for other parts; nobody takes them home.</summary>
    public string Work => Text("work", Path.Combine(Path.GetTempPath(), "gpu-check"));

    /// <summary>The folder of the bundle: model, goldens, script.</summary>
    public string Bundle => Text("bundle", AppContext.BaseDirectory);

    /// <summary>Seconds after which no more cases are begun.</summary>
    public double Seconds => double.Parse(Text("seconds", "3600"), CultureInfo.InvariantCulture);

    /// <summary>Sizes whose results the CPU computes, too.</summary>
    public CaseSizes Compared => IsTiny ? CaseSizes.Tiny : CaseSizes.Few;

    /// <summary>Sizes of a real run.</summary>
    public CaseSizes Real => IsTiny ? CaseSizes.Tiny : CaseSizes.Full;

    /// <summary>The types that are tried.</summary>
    public IReadOnlyList<DType> Types => [.. Text("types", "F32,BF16,F16").Split(',').Select(
        name => DType.TryParse(name, out DType type) ? type : throw new ArgumentException($"'{name}' is no type."))];

    /// <summary>One case alone; empty for all.</summary>
    public string Case => Text("case", "");

    /// <summary>Any other option.</summary>
    public string Text(string name, string absent) => values.GetValueOrDefault(name, absent);
}
