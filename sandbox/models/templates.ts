// Chat templates of our own with the marks by which the families are told apart.

/** Qwen3: tool calls as JSON. */
export const QWEN3 = `{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{%- endfor %}{%- if tools %}<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>{%- endif %}<|im_start|>assistant
{%- if enable_thinking is defined and enable_thinking is false %}<think>

</think>{%- endif %}
`

/** Qwen3.5, 3.6 and Coder: tool calls as XML. */
export const QWEN35 = `{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{%- endfor %}{%- if tools %}<tool_call>
<function=example_function_name>
<parameter=example_parameter>value</parameter>
</function>
</tool_call>{%- endif %}<|im_start|>assistant
{%- if enable_thinking is defined and enable_thinking is false %}<think>

</think>{%- endif %}
`

/** Gemma 4. */
export const GEMMA4 = `{%- for message in messages %}<|turn>{{ message.role }}
{{ message.content }}<turn|>
{%- endfor %}{%- if tools %}<|tool_call>call:name{argument:value}<tool_call|>{%- endif %}<|turn>model
{%- if enable_thinking %}<|think|>{%- endif %}
`

/** gpt-oss. */
export const HARMONY = `{%- for message in messages %}<|start|>{{ message.role }}<|message|>{{ message.content }}<|end|>
{%- endfor %}<|start|>assistant<|channel|>analysis<|message|>
`
