using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CogVideoX.Cli;

/// <summary>What <c>--help</c> says beside the options: examples for each verb, and what the program tells the shell.</summary>
internal sealed class HelpText(HelpAction standard) : SynchronousCommandLineAction
{
    private const string ExitCodes = "0 done, 1 failed while running, 2 wrong usage, 130 interrupted";

    // By the path of the verb.
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        [""] = ["generate \"a red circle moving left on a gray background\"", "generate --help"],
        ["generate"] =
        [
            "generate \"a red circle moving left on a gray background\"",
            "generate \"a blue square\" --seed 7 --steps 30 -o square.mp4",
            "generate \"a cat\" --model THUDM/CogVideoX-2b --save-latents cat.safetensors",
            "generate --from square.mp4 --seed 8 -o other.mp4",
            "generate \"a cat\" --model path/to/CogVideoX-5b --lora style.safetensors:0.8 --lora motion",
            "generate --prompt-file prompts.txt --num-videos 2 -o clip.mp4 --json",
        ],
        ["encode"] =
        [
            "encode cat.mp4 -o cat.safetensors --round-trip",
            "encode photo.jpg --fit pad --model path/to/CogVideoX-2b -o photo.safetensors",
        ],
        ["decode"] =
        [
            "decode cat.safetensors -o cat.mp4",
            "decode cat.safetensors --model path/to/CogVideoX-2b --vae-tiling on -o cat.mp4",
        ],
        ["tokenize"] = ["tokenize \"a red circle\" \"a blue square\"", "tokenize --json < prompts.txt"],
        ["inspect"] = ["inspect", "inspect path/to/CogVideoX-2b --width 720 --height 480 --frames 49", "inspect style.safetensors"],
        ["info"] = ["info square.mp4", "info cat.safetensors --json"],
        ["models"] = ["models list", "models pull THUDM/CogVideoX-2b"],
        ["models list"] = ["models list", "models list --json"],
        ["models pull"] = ["models pull THUDM/CogVideoX-2b", "models pull zai-org/CogVideoX1.5-5B@main --dry-run"],
        ["models remove"] = ["models remove THUDM/CogVideoX-2b --dry-run", "models remove THUDM/CogVideoX-2b@refs/pr/7"],
        ["models verify"] = ["models verify THUDM/CogVideoX-2b"],
        ["init"] = ["init --preset tiny -o random", "init --preset 2b --layers 2 -o random-2b"],
        ["convert"] =
        [
            "convert CogVideoX-5b-sat -o transformer",
            "convert model.gguf -o model.safetensors --dtype bf16",
            "convert path/to/CogVideoX-5b -o 5b.gguf --to gguf:Q8_0",
            "convert path/to/CogVideoX-5b -o 5b-fp8.safetensors --to fp8 --json",
        ],
        ["bench"] = ["bench", "bench --model path/to/CogVideoX-2b --steps 1 --frames 9 --json"],
        ["doctor"] = ["doctor", "doctor --json"],
        ["ptx"] = ["ptx run case.json", "ptx check kernel.ptx"],
        ["ptx check"] = ["ptx check kernel.ptx", "ptx check --table rows.jsonl --json"],
        ["ptx run"] = ["ptx run case.json", "ptx run cases/*.json --json"],
        ["kernels"] = ["kernels list", "kernels show vector_add"],
        ["kernels list"] = ["kernels list", "kernels list --json"],
        ["kernels show"] = ["kernels show vector_add", "kernels show gemm_mma_bf16 --target sm_89 --source"],
        ["kernels verify"] = ["kernels verify", "kernels verify block_sum --mutations"],
        ["kernels launches"] = ["kernels launches --preset 2b", "kernels launches --preset 5b --gpu 4090 --json"],
        ["kernels bench"] =
        [
            "kernels bench linear --shape 35552x3072x3072 --device emulator --gpu a100", "kernels bench --preset 5b --device gpu --tune",
        ],
        ["kernels profile"] = ["kernels profile", "kernels profile transpose --json"],
    };

    public static void AddTo(HelpOption option) => option.Action = new HelpText((HelpAction)option.Action!);

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parsed)
    {
        int code = standard.Invoke(parsed);
        TextWriter output = parsed.InvocationConfiguration.Output;
        string verb = UsageErrors.PathOf(parsed.CommandResult.Command)[UsageErrors.Program.Length..].TrimStart();
        if (Examples.TryGetValue(verb, out string[]? lines))
        {
            output.WriteLine("Examples:");
            foreach (string line in lines)
                output.WriteLine($"  {UsageErrors.Program} {line}");
            output.WriteLine();
        }
        output.WriteLine("Exit codes:");
        output.WriteLine($"  {ExitCodes}");
        return code;
    }
}
